import OrchestratorCore
import Synchronization

/// The data-flow rules of one language with all that is known of its libraries, ready to be asked about calls.
struct FlowBook: Sendable {
    /// Per rule: its number among the language's rules.
    let rules: [(index: Int, rule: FlowRule)]
    let knowledge: [FlowKnowledge]
    /// Bit of each kind of sink in cleaning masks.
    private let bits: [String: UInt64]
    private var byName: [String: [Entry]] = [:]
    private var patterns: [Entry] = []
    private let patternHits = PatternHits()
    /// The sinks that are places values are stored in.
    private(set) var stores: [(sink: SinkRef, signatures: [Signature])] = []
    var hasStores: Bool { !stores.isEmpty }
    /// Whether parameters matter where they are stored.
    private(set) var doubtsStores = false
    let members: [String: SourceRef]
    /// What has members from outside: `WebRequest`.
    let carriers: Set<String>
    /// The names of such members, which classes may have from what they extend.
    let inheritable: Set<String>
    let supertypes: [String: String]
    let parameters: [String: String]
    /// Syntactic rule -> the flow rules that have the last word over it, by position in `rules`.
    let replacing: [String: [Int]]

    private(set) var checks: [String: Check] = [:]
    private(set) var hostChecks: [String: UInt64] = [:]
    private(set) var quotedKinds: UInt64 = 0
    private(set) var textKinds: UInt64 = 0
    private(set) var anchoredKinds: UInt64 = 0
    private(set) var fixedPaths: Set<String> = []
    private var guardKinds: [String: UInt64] = [:]

    private struct Entry {
        let signature: Signature
        let effect: Effect
    }

    private enum Effect {
        case source(SourceRef)
        case cleans(UInt64)
        case restores(UInt64, unless: UInt64)
        case type(String)
        case operation(LibraryOperation)
        case harmless, opaque, ends
        case sink(SinkRef)
        case handlers(Handlers)
    }

    /// The types a library passes to the functions it is given, and when it does.
    struct Handlers: Sendable {
        let types: [String]
        let conditions: [FlowSink.Condition]
    }

    struct Check: Sendable {
        let kinds: UInt64
        let subject: Int?
        let types: [String]
    }

    /// A source: what it yields and what a reader calls it.
    struct SourceRef: Hashable, Sendable {
        let kind: String
        let note: String
        /// The kinds of sink for which it is harmless.
        var clean: UInt64 = 0
    }

    /// A sink by its place in `rules`.
    struct SinkRef: Hashable, Sendable {
        let rule: Int
        let sink: Int
    }

    init(_ rules: [(index: Int, rule: FlowRule)]) {
        self.rules = rules
        var seen: Set<String> = []
        knowledge = rules.map(\.rule.knowledge).filter { seen.insert($0.name).inserted }
        var bits: [String: UInt64] = ["all": .max]
        let kinds = rules.map(\.rule.kind) + knowledge.flatMap(\.cleaners).flatMap(\.unless)
        for (position, kind) in Set(kinds).sorted().prefix(62).enumerated() {
            bits[kind] = 1 << position
        }
        self.bits = bits
        var members: [String: SourceRef] = [:]
        for source in knowledge.flatMap(\.sources) {
            let clean = source.clean.reduce(UInt64(0)) { $0 | (bits[$1] ?? 0) }
            for path in source.members {
                members[path] = SourceRef(kind: source.kind, note: source.note, clean: clean)
            }
        }
        self.members = members
        carriers = Set(members.keys.map { FlowInterpreter.split($0).owner })
        inheritable = Set(members.keys.map { FlowInterpreter.split($0).name })
        supertypes = knowledge.reduce(into: [:]) { $0.merge($1.supertypes) { first, _ in first } }
        parameters = knowledge.reduce(into: [:]) { $0.merge($1.parameters) { first, _ in first } }
        var replacing: [String: [Int]] = [:]
        for (position, entry) in rules.enumerated() {
            for id in entry.rule.replaces { replacing[id, default: []].append(position) }
        }
        self.replacing = replacing
        fill()
    }

    /// The kinds of attack that a text is needed for.
    func guards(_ text: String) -> UInt64 { guardKinds[text] ?? 0 }

    func bit(of rule: Int) -> UInt64 { bits[rules[rule].rule.kind] ?? 0 }

    func reference(_ source: FlowKnowledge.Source) -> SourceRef {
        SourceRef(kind: source.kind, note: source.note, clean: mask(source.clean))
    }

    private func mask(_ kinds: [String]) -> UInt64 { kinds.reduce(0) { $0 | (bits[$1] ?? 0) } }

    private mutating func fill() {
        for source in knowledge.flatMap(\.sources) {
            add(source.calls, .source(reference(source)))
        }
        for entry in knowledge.flatMap(\.handlers) {
            add(entry.calls, .handlers(Handlers(types: entry.types, conditions: entry.conditions)))
        }
        textKinds = mask(knowledge.flatMap(\.textual))
        anchoredKinds = mask(knowledge.flatMap(\.anchored))
        for cleaner in knowledge.flatMap(\.cleaners) {
            let kinds = mask(cleaner.kinds)
            add(cleaner.calls, cleaner.restores ? .restores(kinds, unless: mask(cleaner.unless)) : .cleans(kinds))
        }
        for entry in knowledge.flatMap(\.types) { add([entry.signature], .type(entry.type)) }
        for entry in knowledge.flatMap(\.operations) { add([entry.signature], .operation(entry.operation)) }
        add(knowledge.flatMap(\.harmless), .harmless)
        add(knowledge.flatMap(\.opaque), .opaque)
        add(knowledge.flatMap(\.ends), .ends)
        for check in knowledge.flatMap(\.checks) {
            for name in check.names {
                checks[name] = Check(kinds: mask(check.kinds), subject: check.subject, types: check.types)
            }
        }
        quotedKinds = mask(knowledge.flatMap(\.quoted))
        fixedPaths = Set(knowledge.flatMap(\.fixedPaths))
        for entry in knowledge.flatMap(\.guards) { guardKinds[entry.text] = mask(entry.kinds) }
        for entry in knowledge.flatMap(\.hosts) { hostChecks[entry.name] = mask(entry.kinds) }
        for (position, entry) in rules.enumerated() {
            for (sink, form) in entry.rule.sinks.enumerated() {
                let reference = SinkRef(rule: position, sink: sink)
                switch form.place {
                case .calls(let signatures): add(signatures, .sink(reference))
                case .stores(let signatures):
                    stores.append((reference, signatures))
                    if entry.rule.from.contains(FlowRule.parameter) { doubtsStores = true }
                case .returns: break
                }
            }
        }
    }

    private mutating func add(_ signatures: [Signature], _ effect: Effect) {
        for signature in signatures {
            let entry = Entry(signature: signature, effect: effect)
            if signature.isPattern { patterns.append(entry) } else { byName[signature.name, default: []].append(entry) }
        }
    }

    /// Everything known of a call. An owner's supertypes are asked as well.
    func effects(owner: String, name: String) -> CallEffects {
        var result = CallEffects()
        let candidates = (byName[name] ?? []) + matchingPatterns(name)
        guard !candidates.isEmpty else { return result }
        var path: String? = owner
        var depth = 0
        while let current = path, depth < 8 {
            // What names an owner goes before what fits any.
            for entry in candidates where entry.signature.owner != .any && entry.signature.matches(owner: current) {
                add(entry.effect, to: &result)
            }
            path = supertypes[current]
            depth += 1
        }
        for entry in candidates where entry.signature.owner == .any { add(entry.effect, to: &result) }
        return result
    }

    private func matchingPatterns(_ name: String) -> [Entry] {
        patternHits.indices(for: name) { patterns.indices.filter { patterns[$0].signature.matchesPattern(name) } }
            .map { patterns[$0] }
    }

    private func add(_ effect: Effect, to result: inout CallEffects) {
        switch effect {
        case .source(let source): if result.source == nil { result.source = source }
        case .cleans(let kinds): result.cleans |= kinds
        case .restores(let kinds, let unless):
            result.restores |= kinds
            result.unless |= unless
        case .type(let type): if result.type == nil { result.type = type }
        case .operation(let operation): if result.operation == nil { result.operation = operation }
        case .handlers(let handlers): if result.handlers == nil { result.handlers = handlers }
        case .harmless: result.isHarmless = true
        case .opaque: result.isOpaque = true
        case .ends: result.ends = true
        case .sink(let sink): if !result.sinks.contains(sink) { result.sinks.append(sink) }
        }
    }
}

/// Remembers which patterns fit a name: the same names turn up in file after file. Thread-safe.
private final class PatternHits: Sendable {
    private let known = Mutex<[String: [Int]]>([:])

    private static let mostNames = 20_000

    func indices(for name: String, _ find: () -> [Int]) -> [Int] {
        if let indices = known.withLock({ $0[name] }) { return indices }
        let indices = find()
        known.withLock { table in
            if table.count >= Self.mostNames { table.removeAll() }
            table[name] = indices
        }
        return indices
    }
}

/// What is known of one call.
struct CallEffects {
    var source: FlowBook.SourceRef?
    var cleans: UInt64 = 0
    var restores: UInt64 = 0
    /// Values clean for one of these are not restored.
    var unless: UInt64 = 0
    var type: String?
    var operation: LibraryOperation?
    var handlers: FlowBook.Handlers?
    var isHarmless = false
    var isOpaque = false
    var ends = false
    var sinks: [FlowBook.SinkRef] = []
}
