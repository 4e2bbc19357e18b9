import OrchestratorCore
import SyntaxTree

/// Runs the data-flow rules of a language over one parsed file.
struct FlowAnalysis {
    let rules: LanguageRules
    let source: ParsedSource
    let linker: FlowLinker?
    /// Where words stand that outside data needs to come in.
    let sourceOffsets: [Int]

    /// Adds what the rules find, and takes away what syntactic rules found where data flow shows it to be harmless.
    /// - Parameters:
    ///   - active: the data-flow rules whose literals occur in the file, with the offsets of those.
    /// - Returns: what could not be finished, in words.
    func apply(to candidates: inout [Candidate], active: [Int: [Int]]) -> [String] {
        guard let book = rules.flows, let language = FlowLanguage.all[rules.language] else { return [] }
        let doubted = candidates.contains { book.replacing[rules.rules[$0.rule].description.id] != nil }
        guard !sourceOffsets.isEmpty || doubted || active.keys.contains(where: needsNoSource) else { return [] }
        var program = language.lower(source)
        linker?.complete(&program)
        let interpreter = FlowInterpreter(
            program, book: book, dialect: language.dialect, scratch: source.scratch, linker: linker)
        let entries = FlowEntries(program, source.tree, offsets: marks(candidates, book, active))
        interpreter.run(entries.worthRunning)
        settle(&candidates, book, interpreter, program)
        candidates += hits(of: interpreter, book).filter { isSound($0.node) }.map { candidate($0, book, interpreter) }
        let unfinished = interpreter.unfinished.map { "data flow through '\($0)'" }
        return unfinished + (program.isWhole ? [] : ["data flow through deeply nested code"])
    }

    /// What was found, but where a rule that stands in for another tells of the same lines.
    private func hits(of interpreter: FlowInterpreter, _ book: FlowBook) -> [FlowHit] {
        let replaced = Set(interpreter.hits.map(\.rule)).filter { book.replacing[id($0, book)] != nil }
        guard !replaced.isEmpty else { return interpreter.hits }
        var told: [Int: Set<Int>] = [:]
        for hit in interpreter.hits where !replaced.contains(hit.rule) {
            told[hit.rule, default: []].formUnion(lines(of: hit, interpreter))
        }
        return interpreter.hits.filter { hit in
            let replacing = book.replacing[id(hit.rule, book)] ?? []
            return !replacing.contains { told[$0]?.contains(line(of: hit.node)) ?? false }
        }
    }

    private func id(_ rule: Int, _ book: FlowBook) -> String { rules.rules[book.rules[rule].index].description.id }

    /// The lines of this file that a value was on.
    private func lines(of hit: FlowHit, _ interpreter: FlowInterpreter) -> [Int] {
        let nodes = interpreter.trace.path(to: hit.step).map(\.node).filter { $0 >> FlowInterpreter.fileShift == 0 }
        return (nodes + [hit.node]).map(line)
    }

    /// Counted from zero, by line breaks before the node.
    private func line(of node: Int) -> Int {
        source.bytes[..<source.tree.bytes(node).lowerBound].count { $0 == UInt8(ascii: "\n") }
    }

    /// The bytes around which there is something to learn.
    private func marks(_ candidates: [Candidate], _ book: FlowBook, _ active: [Int: [Int]]) -> [Int] {
        let doubts = candidates.filter { book.replacing[rules.rules[$0.rule].description.id] != nil }
        let known = active.filter { needsNoSource($0.key) }.flatMap(\.value)
        return (sourceOffsets + doubts.map(\.range.lowerBound) + known).sorted()
    }

    /// Rules about known values and about sources other than requests.
    private func needsNoSource(_ index: Int) -> Bool {
        guard case .flow(let rule) = rules.rules[index].match else { return false }
        return !rule.from.contains("user") || rule.sinks.contains { $0.matches != nil }
    }

    private func isSound(_ node: Int) -> Bool {
        !source.tree.hasError(node) && !source.tree.ancestors(node).contains(where: source.tree.isBroken)
    }

    /// A guess from syntax gives way where data flow found the same, or understood the call and found it harmless.
    private func settle(
        _ candidates: inout [Candidate], _ book: FlowBook, _ interpreter: FlowInterpreter, _ program: Program
    ) {
        guard !book.replacing.isEmpty else { return }
        let seen = FlowSight(interpreter, source.tree)
        // Calls in branches that cannot be taken; the functions around them were all run.
        let unreached =
            interpreter.unfinished.isEmpty && program.isWhole
            ? Set(program.calls.keys.filter { !interpreter.called.contains($0) }.map(source.tree.bytes)) : []
        candidates.removeAll { candidate in
            guard let replacing = book.replacing[rules.rules[candidate.rule].description.id] else { return false }
            if seen.found(candidate.range, replacing) { return true }
            if let first = replacing.first, book.rules[first].rule.settlesFunction {
                return interpreter.unfinished.isEmpty && isSettled(candidate, first, interpreter)
            }
            if unreached.contains(candidate.range) { return true }
            let known = seen.verdicts(at: candidate.range).filter { replacing.contains($0.rule) }
            return !known.isEmpty && known.allSatisfy(\.isHarmless) && interpreter.unfinished.isEmpty
        }
    }

    /// Whether every use in the candidate's function is harmless, and there is one.
    private func isSettled(_ candidate: Candidate, _ rule: Int, _ interpreter: FlowInterpreter) -> Bool {
        let scope = source.tree.bytes(source.tree.scope(of: source.tree.innermost(at: candidate.range.lowerBound)))
        let uses = interpreter.verdicts.filter { place, _ in
            place.rule == rule && place.node >> FlowInterpreter.fileShift == 0
                && scope.contains(source.tree.bytes(place.node).lowerBound)
        }
        return !uses.isEmpty && uses.allSatisfy(\.value)
    }

    private func place(_ node: Int, _ interpreter: FlowInterpreter) -> Candidate.StepPlace? {
        let number = node >> FlowInterpreter.fileShift
        guard number > 0 else { return .here(source.tree.bytes(node)) }
        let inner = node & (1 << FlowInterpreter.fileShift - 1)
        return interpreter.files[number].path.flatMap { linker?.location(of: inner, in: $0) }.map { .elsewhere($0) }
    }

    private func candidate(_ hit: FlowHit, _ book: FlowBook, _ interpreter: FlowInterpreter) -> Candidate {
        var steps = interpreter.trace.path(to: hit.step).compactMap { step in
            place(step.node, interpreter).map { (place: $0, note: step.note) }
        }
        if !steps.isEmpty { steps.append((place: .here(source.tree.bytes(hit.node)), note: "used here")) }
        return Candidate(
            rule: book.rules[hit.rule].index, range: source.tree.bytes(hit.node),
            symbol: source.symbol(around: hit.node),
            secrets: [], steps: steps)
    }
}

/// What data flow saw in a file, by where it stands.
private struct FlowSight {
    private var verdicts: [Range<Int>: [(rule: Int, isHarmless: Bool)]] = [:]
    private var starts: Set<FlowPlace> = []
    /// Where guesses point at the arguments of a call in a chain: what ends there, and the shortest call that does.
    private var ends: Set<FlowPlace> = []
    private var calls: [Int: Range<Int>] = [:]

    init(_ interpreter: FlowInterpreter, _ tree: FlatTree) {
        for (place, isHarmless) in interpreter.verdicts where place.node >> FlowInterpreter.fileShift == 0 {
            verdicts[tree.bytes(place.node), default: []].append((place.rule, isHarmless))
        }
        let hits = interpreter.hits.map { (rule: $0.rule, range: tree.bytes($0.node)) }
        starts = Set(hits.map { FlowPlace(rule: $0.rule, node: $0.range.lowerBound) })
        guard interpreter.dialect.sendsMessages else { return }
        ends = Set(hits.map { FlowPlace(rule: $0.rule, node: $0.range.upperBound) })
        calls = Dictionary(verdicts.keys.map { ($0.upperBound, $0) }) { $0.count < $1.count ? $0 : $1 }
    }

    func found(_ range: Range<Int>, _ rules: [Int]) -> Bool {
        rules.contains { rule in
            starts.contains(FlowPlace(rule: rule, node: range.lowerBound))
                || ends.contains(FlowPlace(rule: rule, node: range.upperBound))
        }
    }

    func verdicts(at range: Range<Int>) -> [(rule: Int, isHarmless: Bool)] {
        verdicts[range] ?? calls[range.upperBound].flatMap { verdicts[$0] } ?? []
    }
}
