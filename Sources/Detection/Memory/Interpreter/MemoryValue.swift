/// What is known of a value on one path: its bounds, where it points, and where it comes from.
struct MemoryValue: Sendable {
    /// Bounds of the number, or of the offset in bytes into what it points to.
    var low = MemoryValue.least
    var high = MemoryValue.greatest
    /// Both bounds are reached on this path: constants, counters, and whatever outsiders choose.
    var isExact = false
    /// Outsiders choose it; else nil. Where it came in.
    var outside: Int?
    /// The object it points into.
    var object: Int?
    var function: String?
    /// Never given a value.
    var isUnset = false
    /// What an allocation returned and nobody looked at: it may be null.
    var mayFail = false
    /// Null since somebody compared it with null, after so many calls of unknown functions.
    var nullSince: Int?
    /// The size of an unknown type is one of its factors: it compares only with its like.
    var unit: String?
    var type = CType.unknown
    /// Tells unknown values apart.
    var symbol = 0
    /// The text it points to, where that is a literal.
    var content: String?
    /// The result of arithmetic.
    var isComputed = false
    /// Somebody made sure that it is not zero.
    var isNonZero = false

    static let least = -(Int128(1) << 100)
    static let greatest = Int128(1) << 100

    static let unknown = MemoryValue()

    init() {}

    init(_ number: Int128, type: CType = .int) {
        low = number
        high = number
        isExact = true
        self.type = type
    }

    init(low: Int128, high: Int128, isExact: Bool, type: CType) {
        self.low = low
        self.high = high
        self.isExact = isExact
        self.type = type
    }

    /// The number, where it is known.
    var number: Int128? { isExact && low == high && object == nil && unit == nil ? low : nil }
    var isNull: Bool { object == nil && function == nil && low == 0 && high == 0 && isExact && unit == nil }

    /// What it counts as in a condition, where that is known.
    var truth: Bool? {
        if object != nil || function != nil { return mayFail ? nil : true }
        if low == 0, high == 0 { return false }
        return low > 0 || high < 0 ? true : nil
    }

    /// Bounds that arithmetic cannot leave.
    static func clamped(_ number: Int128) -> Int128 { min(max(number, least), greatest) }
}

/// A variable, an allocation, a literal, or whatever an unknown pointer points to.
struct MemoryObject {
    enum Kind {
        case local, global, literal, heap, unknown
    }

    /// How it was allocated: only the matching function may free it.
    enum Allocator: String {
        case malloc, new, newArray = "new[]"
    }

    let kind: Kind
    var name = ""
    var type = CType.unknown
    var place = 0
    var allocator = Allocator.malloc
    /// Bytes; nil where unknown.
    var size: MemoryValue?
    var freedAt: Int?
    /// What stands at known offsets, in bytes.
    var cells: [Int: MemoryValue] = [:]
    /// What stands elsewhere was never set, is zero, or is unknown.
    enum Rest {
        case unset, zero, unknown
    }
    var rest = Rest.unknown
    /// Where its content came in from outside.
    var outside: Int?
    /// Others may read and change it, or free it.
    var hasEscaped = false
    var text: TextContent?

    /// Forgets the content.
    mutating func forget() {
        cells = [:]
        rest = .unknown
        text = nil
    }
}

/// What is known of the text in an object, in elements.
struct TextContent {
    /// Elements from the first on that are not zero.
    var filled: Int128 = 0
    /// The first element known to be zero; nil for none.
    var end: Int128?
    /// The length is at most this, and outsiders choose it.
    var atMost: Int128?
    var width = 1
}

/// The memory at one point of a path.
struct MemoryState {
    var objects: [Int: MemoryObject] = [:]
    /// The objects of the variables in sight.
    var names: [String: Int] = [:]
    /// The objects of variables outside functions.
    var globals: [String: Int] = [:]
    /// What unknown pointers point to, by symbol.
    var pointees: [Int: Int] = [:]
    var nextObject = 1
    var nextSymbol = 1
    var unknownCalls = 0
    /// Conditions on this path that nothing decided.
    var doubts = 0

    mutating func add(_ object: MemoryObject) -> Int {
        let id = nextObject
        nextObject += 1
        objects[id] = object
        return id
    }

    mutating func fresh(_ type: CType) -> MemoryValue {
        var value = MemoryValue()
        value.type = type
        value.symbol = nextSymbol
        nextSymbol += 1
        if let bounds = type.bounds {
            value.low = bounds.0
            value.high = bounds.1
        }
        return value
    }
}

/// Where a value stands: an object and an offset into it.
struct MemoryPlace {
    var object: Int
    /// Bytes, as bounds; a pointer into the object.
    var pointer: MemoryValue
    var type: CType

    /// The offset, where it is known.
    var offset: Int? { pointer.low == pointer.high && pointer.unit == nil ? Int(exactly: pointer.low) : nil }
}
