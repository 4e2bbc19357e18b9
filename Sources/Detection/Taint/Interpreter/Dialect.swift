/// Where languages differ for the interpreter.
struct Dialect {
    /// `java.net.URLDecoder` and `URLDecoder` are the same; a capitalised member is a class or a constant.
    let dropsPackages: Bool
    /// Names that are nowhere defined are library functions, not inherited members.
    let namesAreLibrary: Bool
    /// The receiver is a method's first parameter.
    let passesReceiver: Bool
    /// `==` compares references: texts that read the same may differ.
    let divisionIsWhole: Bool
    /// A plain call in a class may mean one of its methods.
    var callsMembersByName = true
    /// A receiver of which nothing is known goes by the name of its variable or field.
    var namesReceivers = false
    /// Functions take first what other languages call them on: `strtolower($text)`.
    var subjectIsFirst = false
    /// Classes are found in other files by their names, functions once their file is taken in.
    var linksByName = false
    /// Files of one folder are one package and see each other's declarations; calls return several values at once;
    /// members are never in scope; types are known, and pointers are what they point to.
    var hasPackages = false
    /// A function is a value like any other, known by the variable it is in; options are objects; promises are waited
    /// for; a file's exports are one object.
    var functionsAreValues = false
    /// Members are properties: what is stored in one may be a sink, and `new` can set them by their names.
    var hasProperties = false
    /// Classes are found in other files by their simple names, `IThing` most likely as `Thing`.
    var linksClasses = false
    /// What an interface only names is looked for in the classes that implement it.
    var seeksImplementers = false

    /// All members of other objects are reached by calls, which a class may inherit from several others; classes are
    /// found in other files by their names in snake case, `A::B` also as `B`; named arguments without a parameter
    /// become a hash.
    var sendsMessages = false

    static let java = Dialect(
        dropsPackages: true, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: true,
        seeksImplementers: true)
    static let python = Dialect(
        dropsPackages: false, namesAreLibrary: true, passesReceiver: true, divisionIsWhole: false)

    static let php = Dialect(
        dropsPackages: false, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: false,
        callsMembersByName: false, namesReceivers: true, subjectIsFirst: true, linksByName: true,
        seeksImplementers: true)
    static let go = Dialect(
        dropsPackages: false, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: true,
        callsMembersByName: false, namesReceivers: true, subjectIsFirst: true, hasPackages: true)
    static let javascript = Dialect(
        dropsPackages: false, namesAreLibrary: true, passesReceiver: false, divisionIsWhole: false,
        functionsAreValues: true)

    static let csharp = Dialect(
        dropsPackages: false, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: true,
        namesReceivers: true, hasProperties: true, linksClasses: true, seeksImplementers: true)

    static let ruby = Dialect(
        dropsPackages: false, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: true,
        namesReceivers: true, sendsMessages: true)

    /// What an argument that is a whole hash of named ones goes by: `**options`.
    static let spreadName = "**"

    /// `A::B::C` -> `C`.
    static func simpleName(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    /// The members of a method's class can be named without the receiver.
    var membersAreInScope: Bool { !passesReceiver && !functionsAreValues && !hasPackages }

    /// A path from its first capitalised part on, where packages are dropped; from its last part on, where `\` parts it.
    func typeName(_ path: String) -> String {
        if linksByName, let mark = path.lastIndex(of: "\\") { return String(path[path.index(after: mark)...]) }
        guard dropsPackages, let first = path.first, first.isLowercase, path.contains(".") else { return path }
        let parts = path.split(separator: ".")
        guard let start = parts.firstIndex(where: { $0.first?.isUppercase ?? false }) else { return path }
        return parts[start...].joined(separator: ".")
    }

    /// Types whose values cannot carry text; an array of bytes can.
    func isNumeric(_ type: String) -> Bool {
        guard type.hasSuffix("[]") else { return Self.numericTypes.contains(type) }
        let element = String(type.dropLast(2))
        return Self.numericTypes.contains(type)
            || Self.numericTypes.contains(element) && !Self.byteTypes.contains(element)
    }

    private static let byteTypes: Set<String> = ["byte", "Byte", "sbyte", "uint8", "int8"]

    private static let numericTypes: Set<String> = [
        "int", "long", "short", "byte", "double", "float", "boolean", "bool", "Integer", "Long", "Short", "Byte",
        "Double", "Float", "Boolean", "BigInteger", "BigDecimal", "UUID", "uuid.UUID", "datetime.date",
        "datetime.datetime", "number", "bigint", "LocalDate", "LocalDateTime", "Instant", "Date", "decimal.Decimal",
        "MultipartFile[]", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
        "float32", "float64", "rune", "error", "time.Time", "time.Duration", "netip.Addr",
        "ulong", "ushort", "sbyte", "decimal", "Guid", "DateTime", "DateTimeOffset", "DateOnly", "TimeOnly", "TimeSpan",
        "Int32", "Int64",
    ]
}
