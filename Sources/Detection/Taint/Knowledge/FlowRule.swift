import OrchestratorCore

/// What a data-flow rule looks for: values from some sources that reach one of its sinks uncleaned.
struct FlowRule: Sendable {
    /// The kind of sink, which cleaners name: `sql`, `html`, `path`.
    let kind: String
    /// The kinds of source that matter.
    let from: [String]
    let sinks: [FlowSink]
    /// Rules that guess at the same weakness from syntax alone. Where this one sees more it has the last word.
    let replaces: [String]
    /// True where all uses in a function count for a guess anywhere in it, not only at the same place.
    let settlesFunction: Bool
    let knowledge: FlowKnowledge

    /// The kind of what a function is given by callers that are not seen.
    static let parameter = "parameter"
}

/// Places where a value does harm.
struct FlowSink: Sendable {
    enum Place: Sendable {
        case calls([Signature])
        /// Elements and fields stored into values of these paths.
        case stores([Signature])
        /// What functions with these decorators or annotations return.
        case returns([Signature])
    }

    let place: Place
    /// Positions and names of the arguments that count; empty for all.
    let arguments: [ArgumentKey]
    /// True where the receiver counts as well.
    let takesReceiver: Bool
    /// True where what a list holds does not count.
    let isFlat: Bool
    /// Set where known values matter, not flows: the text that is weak.
    let matches: Pattern?
    /// What the known beginning of the value must fit for the sink to count: where an address already names its host,
    /// what follows it decides less.
    let starts: Pattern?
    /// For built texts: what a known part of the text must fit, `<p>`.
    let beside: Pattern?
    /// Conditions on other arguments or on fields of the argument, all of which must hold.
    let conditions: [Condition]

    /// `argument` is, or is not, one of the known values.
    struct Condition: Sendable {
        let key: ArgumentKey
        let values: [String]
        /// What an absent argument means.
        let holdsIfAbsent: Bool
    }
}

/// An argument by position or by name.
enum ArgumentKey: Sendable, Hashable {
    case position(Int)
    case name(String)

    init(_ text: String) { self = Int(text).map { .position($0) } ?? .name(text) }
}

/// Names functions: `Statement.execute`, `flask.request.args.get`, `*.execute`, `*.cursor().execute`, `*escape*html*`.
struct Signature: Sendable, Hashable {
    enum Owner: Sendable, Hashable {
        case any
        /// The path holds this, whatever the case of its letters.
        case holding(String)
        case path(String)
        /// The path ends with this, at a dot.
        case suffix(String)
    }

    let owner: Owner
    let name: String

    init(_ text: String) {
        // A dot inside `()` cannot occur, so the last one separates.
        guard let dot = text.lastIndex(of: ".") else {
            owner = text.contains("*") ? .any : .path("")
            name = text
            return
        }
        name = String(text[text.index(after: dot)...])
        let before = String(text[..<dot])
        if before == "*" {
            owner = .any
        } else if before.hasPrefix("*"), before.hasSuffix("*"), before.count > 2 {
            owner = .holding(before.dropFirst().dropLast().lowercased())
        } else if before.hasPrefix("*.") {
            owner = .suffix(String(before.dropFirst(2)))
        } else {
            owner = .path(before)
        }
    }

    /// A name with `*` stands for many: it is kept in another table.
    var isPattern: Bool { name.contains("*") }

    func matches(owner path: String) -> Bool {
        switch owner {
        case .any: true
        case .holding(let part): path.lowercased().contains(part)
        case .path(let expected): path == expected
        case .suffix(let end): path == end || path.hasSuffix("." + end)
        }
    }

    /// Whether a name fits the pieces between the stars, ASCII case ignored.
    func matchesPattern(_ candidate: String) -> Bool {
        let text = candidate.lowercased()
        let pieces = name.lowercased().split(separator: "*", omittingEmptySubsequences: false)
        var rest = text[...]
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            if index == 0 {
                guard rest.hasPrefix(piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else if index == pieces.count - 1 {
                return rest.hasSuffix(piece)
            } else {
                guard let range = rest.firstRange(of: piece) else { return false }
                rest = rest[range.upperBound...]
            }
        }
        return pieces.last?.isEmpty ?? true || rest.isEmpty
    }
}
