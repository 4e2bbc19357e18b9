package import OrchestratorCore

/// Reads SARIF 2.1.0 (OASIS, 2020) of any scanner, however large: once for what results refer to, which may stand behind
/// them, and once for the results. What is kept of either is bounded.
package struct SARIFReader {
    /// What errors call the document.
    private let name: String
    private let known: ToolWeaknesses
    private let open: () throws -> () throws -> [UInt8]

    /// Bytes of a result, a rule and any other value that is looked at.
    package static let resultLimit = 1 << 20
    static let ruleLimit = 1 << 18
    static let valueLimit = 1 << 16
    /// Runs, rules of all runs, and files that results may name by number, in a document.
    private static let runCount = 256
    static let ruleCount = 20_000
    static let artifactCount = 50_000

    /// - Parameters:
    ///   - known: the weaknesses of rules whose tool names none.
    ///   - open: begins to read the document from its start; what it returns gives the next bytes, none at the end.
    package init(
        name: String, known: ToolWeaknesses = ToolWeaknesses(), open: @escaping () throws -> () throws -> [UInt8]
    ) {
        self.name = name
        self.known = known
        self.open = open
    }

    /// Everything but the results. Throws `notSARIF` with the place of the first error, and what reading throws.
    package func outline() throws -> SARIFOutline {
        var outline = SARIFOutline()
        var version: JSON?
        var hasRuns = false
        try walk { document in
            try document.object { key in
                switch key {
                case "version": version = try document.value(limit: Self.valueLimit)
                case "runs":
                    hasRuns = true
                    try document.array { number in
                        guard number < Self.runCount else {
                            throw fault(document.line, "at most \(Self.runCount) runs")
                        }
                        try SARIFRunReader(document, known).read(into: &outline)
                    }
                default: break
                }
            }
        }
        guard hasRuns, let version else { throw fault(1, "the keys 'version' and 'runs' of SARIF 2.1.0") }
        guard let text = version.text, text == "2.1.0" || text.hasPrefix("2.1.0-") else {
            let found = (version.numberText ?? "another value").prefix(20)
            throw fault(1, "version 2.1.0 of SARIF, found \(VisibleText.of(String(found)))")
        }
        return outline
    }

    /// Calls `body` with each result: the number of its run, its place for people, and the result, nil where it is larger
    /// than a result may be. Throws like `outline`, and what `body` throws.
    package func forEachResult(_ body: (_ run: Int, _ place: String, _ result: JSON?) throws -> Void) throws {
        try walk { document in
            try document.object { key in
                guard key == "runs" else { return }
                try document.array { run in
                    try document.object { key in
                        guard key == "results" else { return }
                        try document.array { number in
                            let place = "line \(document.line), run \(run), result \(number)"
                            try body(run, place, try document.value(limit: Self.resultLimit))
                        }
                    }
                }
            }
        }
    }

    private func walk(_ body: (JSONStreamReader) throws -> Void) throws {
        let document = JSONStreamReader(try open())
        do {
            try body(document)
            try document.finish()
        } catch let error as JSONStreamError {
            throw RulesError(.notSARIF, "\(name):\(error.line): \(error)")
        }
    }

    private func fault(_ line: Int, _ expected: String) -> RulesError {
        RulesError(.notSARIF, "\(name):\(line): not SARIF: expected \(expected)")
    }
}

/// Reads one run but for its results.
private struct SARIFRunReader {
    private let document: JSONStreamReader
    private let known: ToolWeaknesses

    init(_ document: JSONStreamReader, _ known: ToolWeaknesses) {
        self.document = document
        self.known = known
    }

    func read(into outline: inout SARIFOutline) throws {
        var run = SARIFRun()
        // The name of the tool may stand behind its rules.
        var rules: [(component: Int, rule: JSON)] = []
        try document.object { key in
            switch key {
            case "tool": try tool(&run, &rules, room: SARIFReader.ruleCount - outline.rules.count)
            case "automationDetails":
                run.category = category(try document.value(limit: SARIFReader.valueLimit)?["id"]?.text)
            case "originalUriBaseIds": try bases(&run)
            case "columnKind":
                run.countsUTF16 = try document.value(limit: SARIFReader.valueLimit)?.text != "unicodeCodePoints"
            case "artifacts": try artifacts(&run)
            case "results": try document.array { _ in outline.results += 1 }
            default: break
            }
        }
        if run.name.isEmpty { run.name = "unnamed tool" }
        if run.tool.isEmpty { run.tool = run.name }
        for entry in rules {
            guard let rule = ImportedRule(entry.rule, run, known) else { continue }
            run.components[entry.component].rules.append(outline.rules.count)
            // Of rules with the same id, the first.
            if run.components[entry.component].byID[rule.attribution.rule] == nil {
                run.components[entry.component].byID[rule.attribution.rule] = outline.rules.count
            }
            outline.rules.append(rule)
        }
        outline.runs.append(run)
    }

    private func tool(_ run: inout SARIFRun, _ rules: inout [(component: Int, rule: JSON)], room: Int) throws {
        try document.object { key in
            switch key {
            case "driver": try component(0, &run, &rules, room)
            case "extensions":
                try document.array { _ in
                    run.components.append(SARIFRun.Component())
                    try component(run.components.count - 1, &run, &rules, room)
                }
            default: break
            }
        }
    }

    private func component(
        _ number: Int, _ run: inout SARIFRun, _ rules: inout [(component: Int, rule: JSON)], _ room: Int
    ) throws {
        var version: String?
        try document.object { key in
            switch key {
            case "name":
                run.components[number].name = try text(80)
            case "version", "semanticVersion": version = try key == "version" ? text(40) : version ?? text(40)
            case "rules":
                try document.array { _ in
                    guard rules.count < room, let rule = try document.value(limit: SARIFReader.ruleLimit) else {
                        return
                    }
                    rules.append((number, rule))
                }
            default: break
            }
        }
        guard number == 0 else { return }
        run.name = run.components[0].name
        run.tool = [run.name, version ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func bases(_ run: inout SARIFRun) throws {
        for member in try document.value(limit: SARIFReader.valueLimit)?.members ?? [] {
            run.bases[member.key] = .init(uri: member.value["uri"]?.text, parent: member.value["uriBaseId"]?.text)
        }
    }

    private func artifacts(_ run: inout SARIFRun) throws {
        try document.array { number in
            guard number < SARIFReader.artifactCount else { return }
            let artifact = try document.value(limit: SARIFReader.valueLimit)
            let location = artifact?["location"]
            run.artifacts.append(
                .init(
                    uri: location?["uri"]?.text, base: location?["uriBaseId"]?.text,
                    hash: artifact?["hashes"]?["sha-256"]?.text?.lowercased()))
        }
    }

    private func text(_ length: Int) throws -> String {
        ImportedText.line(try document.value(limit: SARIFReader.valueLimit)?.text ?? "", length)
    }

    /// What stands before the last slash: the rest tells runs of the same category apart.
    private func category(_ id: String?) -> String {
        guard let id, let slash = id.lastIndex(of: "/") else { return "" }
        return ImportedText.line(String(id[..<slash]), 80)
    }
}
