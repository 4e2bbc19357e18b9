/// A value known before the program runs.
enum Constant: Hashable {
    case text(String)
    case integer(Int)
    case real(Double)
    case truth(Bool)
    case null

    /// Longer texts are not followed, only their taint.
    static let longestText = 4096

    /// As it reads when joined to a text.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .truth(let truth): truth ? "true" : "false"
        case .null: "null"
        }
    }

    /// Whether it counts as true in a condition; Java demands a truth value and has no others there.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .integer(let number): number != 0
        case .real(let number): number != 0
        case .truth(let truth): truth
        case .null: false
        }
    }

    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
}

// MARK: - Operators

extension Constant {
    /// The result of an operator; nil where it is not defined or does not fit.
    static func apply(_ operation: Expression.Operator, _ left: Constant, _ right: Constant) -> Constant? {
        switch operation {
        case .equal, .same: return .truth(areEqual(left, right))
        case .unequal, .other: return .truth(!areEqual(left, right))
        case .and: return left.isTrue ? right : left
        case .or: return left.isTrue ? left : right
        case .contains: return contains(left, in: right).map { .truth($0) }
        case .lacks: return contains(left, in: right).map { .truth(!$0) }
        default: break
        }
        if case .integer(let one) = left, case .integer(let two) = right { return integers(operation, one, two) }
        if let one = left.string, let two = right.string { return texts(operation, one, two) }
        if operation == .add, left.string != nil || right.string != nil {
            let joined = left.text + right.text
            return joined.utf8.count <= longestText ? .text(joined) : nil
        }
        guard let one = left.number, let two = right.number else { return nil }
        return reals(operation, one, two)
    }

    private static func areEqual(_ left: Constant, _ right: Constant) -> Bool {
        if let one = left.number, let two = right.number { return one == two }
        return left == right
    }

    private static func contains(_ part: Constant, in whole: Constant) -> Bool? {
        guard let part = part.string, let whole = whole.string else { return nil }
        return part.isEmpty || whole.contains(part)
    }

    private var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    private static func integers(_ operation: Expression.Operator, _ one: Int, _ two: Int) -> Constant? {
        func whole(_ result: (partialValue: Int, overflow: Bool)) -> Constant? {
            result.overflow ? nil : .integer(result.partialValue)
        }
        switch operation {
        case .add: return whole(one.addingReportingOverflow(two))
        case .subtract: return whole(one.subtractingReportingOverflow(two))
        case .multiply: return whole(one.multipliedReportingOverflow(by: two))
        case .divide: return two == 0 ? nil : whole(one.dividedReportingOverflow(by: two))
        case .floorDivide:
            guard two != 0, one >= 0, two > 0 else { return nil }
            return .integer(one / two)
        case .remainder:
            guard two > 0, one >= 0 else { return nil }
            return .integer(one % two)
        case .power: return nil
        default: return compare(operation, one, two)
        }
    }

    private static func texts(_ operation: Expression.Operator, _ one: String, _ two: String) -> Constant? {
        guard operation == .add else { return compare(operation, one, two) }
        return one.utf8.count + two.utf8.count <= longestText ? .text(one + two) : nil
    }

    private static func reals(_ operation: Expression.Operator, _ one: Double, _ two: Double) -> Constant? {
        switch operation {
        case .add: .real(one + two)
        case .subtract: .real(one - two)
        case .multiply: .real(one * two)
        case .divide: two == 0 ? nil : .real(one / two)
        default: compare(operation, one, two)
        }
    }

    private static func compare<Ordered: Comparable>(
        _ operation: Expression.Operator, _ one: Ordered, _ two: Ordered
    ) -> Constant? {
        switch operation {
        case .less: .truth(one < two)
        case .lessOrEqual: .truth(one <= two)
        case .greater: .truth(one > two)
        case .greaterOrEqual: .truth(one >= two)
        default: nil
        }
    }
}
