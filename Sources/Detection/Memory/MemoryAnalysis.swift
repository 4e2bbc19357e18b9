import OrchestratorCore
import SyntaxTree

/// Runs the memory rules of a language over one parsed file.
struct MemoryAnalysis {
    let rules: LanguageRules
    let source: ParsedSource
    let linker: MemoryLinker

    /// Adds what the rules find to the candidates. Only some of the paths of larger functions are run.
    func apply(to candidates: inout [Candidate], path: RepositoryPath) {
        var wanted: [MemoryCheck: [Int]] = [:]
        var library: MemoryLibrary?
        for (index, rule) in rules.rules.enumerated() {
            guard case .memory(let memory) = rule.match else { continue }
            for check in memory.checks { wanted[check, default: []].append(index) }
            library = memory.library
        }
        guard let library else { return }
        linker.begin(path, rules.language, source)
        let interpreter = MemoryInterpreter(linker, library: library)
        interpreter.run(linker.examined)
        for hit in interpreter.hits {
            let node = hit.place & (1 << CLowering.fileShift - 1)
            guard isSound(node) else { continue }
            for rule in wanted[hit.check] ?? [] { candidates.append(candidate(hit, node, rule)) }
        }
    }

    private func isSound(_ node: Int) -> Bool {
        !source.tree.hasError(node) && !source.tree.ancestors(node).contains(where: source.tree.isBroken)
    }

    private func candidate(_ hit: MemoryHit, _ node: Int, _ rule: Int) -> Candidate {
        var steps: [(place: Candidate.StepPlace, note: String)] = []
        if let origin = hit.origin {
            let first = origin & (1 << CLowering.fileShift - 1)
            steps = [
                (.here(source.tree.bytes(first)), hit.check.origin), (.here(source.tree.bytes(node)), "used here"),
            ]
        }
        return Candidate(
            rule: rule, range: source.tree.bytes(node), symbol: source.symbol(around: node), secrets: [], steps: steps)
    }
}

extension MemoryCheck {
    /// What happened where the story began.
    fileprivate var origin: String {
        switch self {
        case .doubleFree, .useAfterFree: "freed here"
        case .format, .command, .path, .outsideAllocation, .allocationOverflow, .divisionByZero, .truncation, .overflow,
            .underflow, .signConversion, .signExtension:
            "comes from outside"
        default: "begins here"
        }
    }
}
