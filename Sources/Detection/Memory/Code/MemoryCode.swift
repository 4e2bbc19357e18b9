/// A C or C++ file lowered for the analysis of memory: what it declares, and its functions' bodies.
struct MemoryCode {
    var functions: [String: CFunction] = [:]
    /// The names of the functions in the order they stand in the file.
    var order: [String] = []
    var globals: [String: CGlobal] = [:]
    /// Object-like macros, and function-like ones without parameters.
    var macros: [String: CExpression] = [:]
    /// Names that a macro gives to functions.
    var aliases: [String: String] = [:]
    /// Function-like macros, whose calls say nothing of what they do with their arguments.
    var functionMacros: Set<String> = []
    var types: [String: CType] = [:]
    var records: [String: CRecord] = [:]
    var enumerators: [String: Int] = [:]
    /// Names of all that is called, assigned to, or whose address is taken.
    var changed: Set<String> = []
    var called: Set<String> = []
    var includes: [String] = []
    var isWhole = true
}

struct CFunction {
    let name: String
    let place: Int
    let isStatic: Bool
    let parameters: [CVariable]
    let result: CType
    let body: [CStatement]
    let labels: Bool
}

struct CVariable {
    let name: String
    let type: CType
    let place: Int
    var value: CExpression?
    var isStatic = false
}

struct CGlobal {
    let variable: CVariable
    let isConstant: Bool
    let isExtern: Bool
}

struct CRecord {
    var fields: [(name: String, type: CType)] = []
    var isUnion = false
}

/// A type as far as sizes and signs matter. Sizes are those of 64-bit Unix.
struct CType: Sendable, Equatable {
    var name: String
    var isUnsigned = false
    var pointers = 0
    /// Outermost first; nil where the initial value decides.
    var dimensions: [CExpression?] = []
    var isReference = false

    static let int = CType(name: "int")
    static let unknown = CType(name: "")

    var isPointer: Bool { pointers > 0 && dimensions.isEmpty }
    var isArray: Bool { !dimensions.isEmpty }
    var pointee: CType { CType(name: name, isUnsigned: isUnsigned, pointers: max(0, pointers - 1)) }
    var element: CType {
        var type = self
        if !dimensions.isEmpty { type.dimensions.removeFirst() } else { type.pointers = max(0, pointers - 1) }
        return type
    }
    var pointed: CType {
        var type = self
        type.pointers += 1
        return type
    }

    /// Bytes of a scalar; nil for records and unknown names.
    var scalarSize: Int? {
        if pointers > 0 { return 8 }
        switch name {
        case "char", "bool", "void": return 1
        case "short": return 2
        case "int", "float", "wchar": return 4
        case "long", "double": return 8
        default: return nil
        }
    }

    var isInteger: Bool {
        pointers == 0 && dimensions.isEmpty && ["char", "short", "int", "long", "wchar"].contains(name)
    }

    /// The least and the greatest value of an integer.
    var bounds: (Int128, Int128)? {
        guard isInteger, let size = scalarSize else { return nil }
        let bits = Int128(1) << Int128(size * 8 - (isUnsigned ? 0 : 1))
        return isUnsigned ? (0, bits - 1) : (-bits, bits - 1)
    }
}

struct CStatement {
    let place: Int
    let form: Form

    indirect enum Form: Sendable {
        case expression(CExpression)
        case declare(CVariable)
        case block([CStatement])
        case branch(CExpression, [CStatement], [CStatement]?)
        case loop(start: [CStatement], test: CExpression?, step: CExpression?, body: [CStatement], testsFirst: Bool)
        case choose(CExpression, [(labels: [CExpression?], body: [CStatement])])
        case leave(CExpression?)
        case stop, again
        case goto(String)
        case label(String)
    }
}

/// Equal where they stand at the same place.
struct CExpression: Sendable, Equatable {
    let place: Int
    let form: Form

    static func == (one: CExpression, two: CExpression) -> Bool { one.place == two.place }

    indirect enum Form: Sendable {
        case integer(Int128, CType)
        case real(Double)
        case text(count: Int, isWide: Bool, content: String)
        case name(String)
        case negative(CExpression)
        case not(CExpression)
        case complement(CExpression)
        case dereference(CExpression)
        case address(CExpression)
        case change(CExpression, by: Int, isPrefix: Bool)
        case binary(String, CExpression, CExpression)
        case assign(CExpression, CExpression, operation: String?)
        case call(CExpression, [CExpression])
        case member(CExpression, String, isArrow: Bool)
        case element(CExpression, CExpression)
        case cast(CType, CExpression)
        case sizeOfType(CType)
        case sizeOf(CExpression)
        case conditional(CExpression, CExpression, CExpression)
        case sequence([CExpression])
        case list([CExpression])
        case make(CType, count: CExpression?, isArray: Bool)
        case destroy(CExpression, isArray: Bool)
        /// Evaluates its parts; nothing is known of the result.
        case opaque([CExpression])
    }
}
