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
    /// A function is a value like any other, known by the variable it is in; options are objects; promises are waited
    /// for; a file's exports are one object.
    var functionsAreValues = false

    static let java = Dialect(dropsPackages: true, namesAreLibrary: false, passesReceiver: false, divisionIsWhole: true)
    static let python = Dialect(
        dropsPackages: false, namesAreLibrary: true, passesReceiver: true, divisionIsWhole: false)

    static let javascript = Dialect(
        dropsPackages: false, namesAreLibrary: true, passesReceiver: false, divisionIsWhole: false,
        functionsAreValues: true)

    /// The members of a method's class can be named without the receiver.
    var membersAreInScope: Bool { !passesReceiver && !functionsAreValues }

    /// A path from its first capitalised part on, where packages are dropped.
    func typeName(_ path: String) -> String {
        guard dropsPackages, let first = path.first, first.isLowercase, path.contains(".") else { return path }
        let parts = path.split(separator: ".")
        guard let start = parts.firstIndex(where: { $0.first?.isUppercase ?? false }) else { return path }
        return parts[start...].joined(separator: ".")
    }

    /// Types whose values cannot carry text.
    func isNumeric(_ type: String) -> Bool { Self.numericTypes.contains(type) }

    private static let numericTypes: Set<String> = [
        "int", "long", "short", "byte", "double", "float", "boolean", "bool", "Integer", "Long", "Short", "Byte",
        "Double", "Float", "Boolean", "BigInteger", "BigDecimal", "UUID", "uuid.UUID", "datetime.date",
        "datetime.datetime", "number", "bigint", "LocalDate", "LocalDateTime", "Instant", "Date", "decimal.Decimal",
        "MultipartFile[]",
    ]
}
