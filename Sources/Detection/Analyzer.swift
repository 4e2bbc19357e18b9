package import OrchestratorCore
package import SyntaxTree

/// The embedded analyzer: deterministic, offline, free. One analyzer serves one task at a time; all of them share a
/// `RuleBook`.
///
/// Per file: one pass finds which rules' literals occur; only then are lexical rules tried, around those places, and
/// only if a query's literals occur is the file parsed.
package final class Analyzer {
    /// Files above this are searched by lexical rules only: trees take some fifteen times the file's size.
    package static let parseLimit = 4 * 1024 * 1024

    private let book: RuleBook
    private let grammars: GrammarLibrary?
    private let redactor: Redactor
    private let parser = SyntaxParser()
    private let linker: FlowLinker?
    private let memoryLinker: MemoryLinker
    private let scratch = PatternScratch()

    /// - Parameters:
    ///   - grammars: nil where none are installed: query rules then do not run and every file says so.
    ///   - lookup: finds other files of the repository, so that data can be followed into them; nil for none.
    package init(
        book: RuleBook, grammars: GrammarLibrary?, redactor: Redactor, lookup: (any SourceLookup)? = nil
    ) {
        linker = lookup.map(FlowLinker.init)
        memoryLinker = MemoryLinker(lookup)
        self.book = book
        self.grammars = grammars
        self.redactor = redactor
    }

    /// Examines one file. Never fails: what could not be done is in the coverage.
    /// - Parameter bytes: the content as UTF-8 (or unknown bytes), BOM included.
    package func analyse(
        _ bytes: UnsafeBufferPointer<UInt8>, path: RepositoryPath, language: Language
    ) -> FileAnalysis {
        linker?.reset()
        memoryLinker.reset()
        let lines = LineTable(bytes)
        let rules = book.rules(for: language)
        let gate = GateHits(rules, bytes)
        var whole = examine(bytes, path, rules, gate, lines)
        if whole.coverage.reason == .parseIncomplete, let other = language.typed {
            let rules = book.rules(for: other)
            let typed = examine(bytes, path, rules, GateHits(rules, bytes), lines)
            if typed.coverage.reason == .complete { whole = typed }
        }
        let parts = bytes.count <= Self.parseLimit ? EmbeddedCode.parts(of: bytes, in: language) : []
        return parts.reduce(whole) { result, part in
            let rules = book.rules(for: part.language)
            let found = part.bytes.withUnsafeBufferPointer {
                examine($0, path, rules, GateHits(rules, $0), lines, part, suppressions: gate.suppressions)
            }
            return result.joined(with: found, isAllCode: part.isAllOf(language))
        }
    }

    /// - Parameters:
    ///   - lines: of the file.
    ///   - part: what the bytes are, where they are not the file's; rules for every text have then been tried already.
    private func examine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: RepositoryPath, _ rules: LanguageRules, _ gate: GateHits,
        _ lines: LineTable, _ part: EmbeddedCode? = nil, suppressions: [Int]? = nil
    ) -> FileAnalysis {
        guard !gate.isEmpty else { return FileAnalysis(findings: [], coverage: calm(rules), idleSuppressions: []) }
        scratch.resetLimit()
        let ownLines = part == nil ? lines : LineTable(bytes)
        var candidates: [Candidate] = []
        for (index, offsets) in gate.offsets where part == nil || !rules.rules[index].languages.isEmpty {
            if case .lexical(let match) = rules.rules[index].match, isUnder(match.setting, path) {
                candidates += LexicalMatcher(match: match, lines: ownLines, scratch: scratch).candidates(
                    index, near: offsets)
            }
        }
        let coverage = runQueries(rules, gate, path, bytes, &candidates)
        let writer = FindingWriter(
            rules: rules.rules, lines: lines, path: path, language: rules.language, redactor: redactor,
            scratch: scratch)
        return writer.analysis(
            of: part.map { part in candidates.map { $0.placed(by: part) } } ?? candidates,
            suppressions: suppressions ?? gate.suppressions, coverage: coverage)
    }

    /// True where nothing says otherwise: examples are files without a project.
    private func isUnder(_ setting: ProjectSetting?, _ path: RepositoryPath) -> Bool {
        guard let setting, let linker else { return true }
        return linker.lookup.holds(setting, at: path)
    }

    /// Other files that the last file's data was followed into: its result depends on their content.
    package var linkedPaths: [RepositoryPath] {
        (linker?.used ?? []).union(memoryLinker.used).sorted { $0.text < $1.text }
    }

    private func runFlows(
        _ rules: LanguageRules, _ gate: GateHits, _ source: ParsedSource, _ candidates: inout [Candidate],
        _ path: RepositoryPath
    ) -> [String] {
        var active: [Int: [Int]] = [:]
        for (index, offsets) in gate.offsets { if case .flow = rules.rules[index].match { active[index] = offsets } }
        guard !active.isEmpty else { return [] }
        linker?.begin(path, rules.language, source.tree.grammar)
        return FlowAnalysis(rules: rules, source: source, linker: linker, sourceOffsets: gate.sourceOffsets)
            .apply(to: &candidates, active: active)
    }

    /// The coverage of a file in which no rule's literals occur.
    private func calm(_ rules: LanguageRules) -> Coverage {
        guard rules.hasOwnRules else { return Coverage(.noRules, rules.language.title) }
        guard grammars == nil, rules.language.grammar != nil else { return Coverage(.complete) }
        return Coverage(.lexicalOnly, "grammars not installed")
    }

    /// Parses the file if some query's literals occur, and adds what the queries find.
    private func runQueries(
        _ rules: LanguageRules, _ gate: GateHits, _ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>,
        _ candidates: inout [Candidate]
    ) -> Coverage {
        let hits = gate.offsets.map(\.index)
        let active = hits.filter { if case .query = rules.rules[$0].match { true } else { false } }
        let hasFlows = hits.contains { if case .flow = rules.rules[$0].match { true } else { false } }
        let hasMemory = hits.contains { if case .memory = rules.rules[$0].match { true } else { false } }
        guard !active.isEmpty || hasFlows || hasMemory, let name = rules.language.grammar else {
            return limited(calm(rules))
        }
        guard let grammars else { return Coverage(.lexicalOnly, "grammars not installed") }
        guard bytes.count <= Self.parseLimit else {
            return Coverage(.lexicalOnly, "\(bytes.count) bytes exceed the parser's limit of \(Self.parseLimit)")
        }
        do {
            let grammar = try grammars.grammar(name)
            let tree = try parser.parse(bytes, grammar: grammar)
            let source = ParsedSource(bytes: bytes, tree: tree.flat, scratch: scratch)
            var exceeded: [String] = []
            for index in active {
                guard let matcher = try rules.matcher(index, grammar: grammar) else { continue }
                let whole = matcher.matches(in: source) { hit in
                    candidates.append(Candidate(rule: index, hit: hit, source: source))
                }
                if !whole { exceeded.append(rules.rules[index].description.id) }
            }
            exceeded += runFlows(rules, gate, source, &candidates, path)
            if hasMemory {
                let memory = MemoryAnalysis(rules: rules, source: source, linker: memoryLinker)
                memory.apply(to: &candidates, path: path)
            }
            if !exceeded.isEmpty { return Coverage(.ruleLimit, exceeded.joined(separator: ", ")) }
            return limited(BrokenStretches(tree).coverage(of: bytes.count))
        } catch let error as SyntaxTreeError where error.code == .tooMuchWork || error.code == .hostile {
            return Coverage(.parseIncomplete, error.context)
        } catch let error as DetectionError {
            return Coverage(.ruleFailed, error.context)
        } catch {
            return Coverage(.lexicalOnly, "\(error)")
        }
    }

    /// A pattern that gave up may have missed something.
    private func limited(_ coverage: Coverage) -> Coverage {
        scratch.limitExceeded ? Coverage(.ruleLimit, "a pattern exceeded its match limit") : coverage
    }
}

extension Language {
    /// JavaScript is often written with types (Flow) that its own grammar does not know.
    fileprivate var typed: Language? { rawValue == "javascript" ? Language(rawValue: "tsx") : nil }
}

/// Where the gates of a file's rules opened.
struct GateHits {
    /// Per rule that may match, ascending, the offsets of its literals.
    let offsets: [(index: Int, offsets: [Int])]
    let suppressions: [Int]
    /// Where words stand that outside data needs to come in.
    let sourceOffsets: [Int]

    var isEmpty: Bool { offsets.isEmpty && suppressions.isEmpty }

    init(_ rules: LanguageRules, _ bytes: UnsafeBufferPointer<UInt8>) {
        var found: [Int: [Int]] = [:]
        var suppressions: [Int] = []
        var sources: [Int] = []
        rules.automaton.scan(bytes) { tag, offset in
            if tag == LanguageRules.suppressionTag {
                suppressions.append(offset)
            } else if tag == LanguageRules.sourceTag {
                sources.append(offset)
            } else {
                found[tag, default: []].append(offset)
            }
        }
        offsets = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.suppressions = suppressions
        sourceOffsets = sources
    }
}

/// A match before it is written up as a finding.
struct Candidate {
    let rule: Int
    let range: Range<Int>
    let symbol: String
    let secrets: [Range<Int>]
    /// A step of a value's way, in this file or another.
    enum StepPlace {
        case here(Range<Int>)
        case elsewhere(Location)
    }

    /// The way of the value, first to last.
    let steps: [(place: StepPlace, note: String)]

    init(
        rule: Int, range: Range<Int>, symbol: String, secrets: [Range<Int>],
        steps: [(place: StepPlace, note: String)] = []
    ) {
        self.steps = steps
        self.rule = rule
        self.range = range
        self.symbol = symbol
        self.secrets = secrets
    }

    init(rule: Int, hit: QueryMatcher.Hit, source: ParsedSource) {
        self.init(
            rule: rule, range: source.tree.bytes(hit.node), symbol: source.symbol(around: hit.node),
            secrets: hit.secrets)
    }
}

/// How much of a tree the parser could not make sense of.
private struct BrokenStretches {
    private var bytes = 0
    private var lines: [Int] = []

    /// Above this share of a file, in percent, its findings say too little to call it examined.
    private static let tolerance = 10

    init(_ tree: SyntaxTree) {
        guard tree.root.hasError else { return }
        let cursor = SyntaxCursor(tree.root)
        var depth = 0
        while true {
            let node = cursor.node
            if node.isBroken {
                bytes += node.bytes.count
                lines.append(node.start.row + 1)
            } else if node.hasError, cursor.goToFirstChild() {
                depth += 1
                continue
            }
            while !cursor.goToNextSibling() {
                guard depth > 0, cursor.goToParent() else { return }
                depth -= 1
            }
        }
    }

    func coverage(of size: Int) -> Coverage {
        guard !lines.isEmpty else { return Coverage(.complete) }
        let places = lines.prefix(5).map(String.init).joined(separator: ", ") + (lines.count > 5 ? ", ..." : "")
        let detail = "syntax not understood at line \(places) (\(bytes) of \(size) bytes)"
        return Coverage(bytes * 100 > size * Self.tolerance ? .parseIncomplete : .complete, detail)
    }
}
