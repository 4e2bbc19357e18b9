import OrchestratorCore

/// Code of one language inside a file of another, put together so that it can be parsed: scripts of a page, the
/// statements of a server page. Knows where each of its bytes stands in the file.
struct EmbeddedCode {
    let language: Language
    private(set) var bytes: [UInt8] = []
    /// Stretches, ascending: where one begins here and in the file.
    private var pieces: [(start: Int, origin: Int)] = []

    init(_ language: Language) { self.language = language }

    /// Adds what the file leaves unsaid; it stands for the place it was left out at.
    mutating func add(_ text: String, at origin: Int) {
        pieces.append((bytes.count, origin))
        bytes += Array(text.utf8)
        pieces.append((bytes.count, origin))
    }

    /// Adds a stretch of the file.
    mutating func copy(_ range: Range<Int>, of file: UnsafeBufferPointer<UInt8>) {
        pieces.append((bytes.count, range.lowerBound))
        bytes += file[range]
        pieces.append((bytes.count, range.upperBound))
    }

    mutating func append(_ other: EmbeddedCode) {
        pieces += other.pieces.map { ($0.start + bytes.count, $0.origin) }
        bytes += other.bytes
    }

    /// Where a stretch stands in the file.
    func origin(of range: Range<Int>) -> Range<Int> {
        let start = origin(of: range.lowerBound)
        return start..<max(start, origin(of: range.upperBound))
    }

    private func origin(of offset: Int) -> Int {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].start <= offset { low = middle } else { high = middle }
        }
        guard low < pieces.count else { return 0 }
        // What was added has no places of its own: the next stretch begins where it was left out.
        let end = low + 1 < pieces.count ? pieces[low + 1].origin : .max
        return min(pieces[low].origin + offset - pieces[low].start, max(end, pieces[low].origin))
    }

    /// Whether files of a language hold no code but such.
    func isAllOf(_ outer: Language) -> Bool {
        language.rawValue == "java" || ["html", "vue", "svelte"].contains(outer.rawValue)
    }

    /// All code of other languages in a file.
    static func parts(of file: UnsafeBufferPointer<UInt8>, in language: Language) -> [EmbeddedCode] {
        var parts: [EmbeddedCode] = []
        if language.rawValue == "jsp", let page = ServerPage(file).code { parts.append(page) }
        if PageScripts.languages.contains(language.rawValue) { parts += PageScripts(file).code }
        return parts
    }
}

extension Candidate {
    /// The same in the file that the code stands in.
    func placed(by code: EmbeddedCode) -> Candidate {
        Candidate(
            rule: rule, range: code.origin(of: range), symbol: symbol, secrets: secrets.map(code.origin),
            steps: steps.map { step in
                guard case .here(let range) = step.place else { return step }
                return (place: .here(code.origin(of: range)), note: step.note)
            })
    }
}

extension FileAnalysis {
    /// With what was found in code of another language inside the file. A suppression is idle if it is so everywhere.
    /// - Parameter isAllCode: true where the file has no other code, so that rules for it are rules for the file.
    func joined(with part: FileAnalysis, isAllCode: Bool) -> FileAnalysis {
        let isBetter = coverage.reason == .noRules && isAllCode
        let isWorse = coverage.reason == .complete && part.coverage.reason != .complete
        return FileAnalysis(
            findings: Self.distinct(findings + part.findings),
            coverage: isBetter || isWorse ? part.coverage : coverage,
            idleSuppressions: idleSuppressions.filter(part.idleSuppressions.contains))
    }
    /// In document order; of two that name the same weakness on one line, the surer.
    private static func distinct(_ findings: [Finding]) -> [Finding] {
        struct Place: Hashable {
            let line: Int
            let weakness: Int
        }
        var kept: [Place: Int] = [:]
        for (index, finding) in findings.enumerated() {
            let place = Place(line: finding.location.startLine, weakness: finding.weakness)
            if let rival = kept[place], findings[rival].confidence >= finding.confidence { continue }
            kept[place] = index
        }
        return kept.values.map { findings[$0] }.sorted {
            ($0.location.startLine, $0.location.startColumn, $0.rule)
                < ($1.location.startLine, $1.location.startColumn, $1.rule)
        }
    }
}
