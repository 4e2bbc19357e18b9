package import OrchestratorCore

/// A result as its tool states it. Nothing of it is checked against the target yet.
package struct SARIFResult: Sendable {
    /// The rule's place in the outline, or its id where the outline does not have it.
    package let rule: Int?
    package let ruleID: String
    package let path: RepositoryPath
    package let message: String
    package let weaknesses: [Int]
    package let severity: Severity?
    package let confidence: Int?
    package let suppression: String?
    let region: Region
    private let countsUTF16: Bool
    /// SHA-256 of the content the tool saw; nil where it does not say.
    private let contentHash: String?
    /// CodeQL's fingerprint of the line; nil of other tools, which put other things there.
    private let lineHash: String?

    /// Lines and columns as stated; 0 where not stated.
    struct Region: Sendable {
        var startLine = 0
        var startColumn = 0
        var endLine = 0
        var endColumn = 0
        var snippet: String?
        /// A longer text around the region, and the line it begins at.
        var context: String?
        var contextLine = 0
    }

    private static let messageLength = 1000
    private static let largestNumber = 10_000_000

    /// Throws why a result is none that can be taken.
    package init(
        _ json: JSON, in run: SARIFRun, rules: [ImportedRule], paths: ArtifactPath
    ) throws(ImportRefusal) {
        guard json.members != nil else { throw .malformed }
        try Self.checkKind(json)
        let place =
            json["locations"]?[0]?["physicalLocation"]
            ?? json["analysisTarget"].map {
                JSON.members(["artifactLocation": $0])
            }
        guard let location = place?["artifactLocation"] else { throw .noPlace }
        let artifact = location["index"]?.int.flatMap { run.artifacts.indices.contains($0) ? run.artifacts[$0] : nil }
        let uri = location["uri"]?.text
        path = try paths.path(
            uri: uri ?? artifact?.uri, base: uri == nil ? artifact?.base : location["uriBaseId"]?.text, in: run)
        contentHash = artifact?.hash
        lineHash = run.name == "CodeQL" ? json["partialFingerprints"]?["primaryLocationLineHash"]?.text : nil
        region = try Self.region(place)
        countsUTF16 = run.countsUTF16
        let named = json["ruleId"]?.text ?? json["rule"]?["id"]?.text
        rule = run.rule(
            id: named, index: json["ruleIndex"]?.int ?? json["rule"]?["index"]?.int,
            component: json["rule"]?["toolComponent"]?["index"]?.int)
        ruleID = named.flatMap { $0.isEmpty ? nil : $0 } ?? rule.map { rules[$0].attribution.rule } ?? "unnamed"
        message = Self.message(json["message"], rule.map { rules[$0] })
        weaknesses = SARIFWeakness.all(of: json)
        let isOpenQuestion = ["open", "review"].contains(json["kind"]?.text ?? "fail")
        severity = SARIFSeverity.severity(of: json)
        confidence = isOpenQuestion ? 30 : SARIFSeverity.confidence(of: json)
        suppression = Self.suppression(json["suppressions"])
    }

    private static func checkKind(_ json: JSON) throws(ImportRefusal) {
        if json["baselineState"]?.text == "absent" { throw .goneInBaseline }
        switch json["kind"]?.text {
        case "pass", "notApplicable", "informational": throw .notAFailure
        default: break
        }
    }

    private static func region(_ place: JSON?) throws(ImportRefusal) -> Region {
        var region = Region()
        let given = place?["region"]
        region.startLine = try number(given?["startLine"])
        region.endLine = try number(given?["endLine"])
        region.startColumn = try number(given?["startColumn"])
        region.endColumn = try number(given?["endColumn"])
        region.snippet = given?["snippet"]?["text"]?.text
        region.context = place?["contextRegion"]?["snippet"]?["text"]?.text
        region.contextLine = try number(place?["contextRegion"]?["startLine"])
        // A place in characters or bytes alone says nothing that can be checked without the tool's copy of the file.
        if region.startLine == 0, given?["charOffset"] != nil || given?["byteOffset"] != nil { throw .noSuchLine }
        if region.endLine != 0, region.endLine < region.startLine { throw .noSuchLine }
        return region
    }

    /// 0 where not stated: some tools write it, or -1, for that.
    private static func number(_ json: JSON?) throws(ImportRefusal) -> Int {
        guard let json else { return 0 }
        guard let number = json.int, number <= largestNumber else { throw .noSuchLine }
        return max(0, number)
    }

    private static func message(_ json: JSON?, _ rule: ImportedRule?) -> String {
        let arguments = (json?["arguments"]?.elements ?? []).compactMap(\.text)
        let text = json?["text"]?.text ?? json?["id"]?.text.flatMap { rule?.messages[$0] }
        return ImportedText.message(text ?? rule?.message ?? "", arguments: arguments, messageLength)
    }

    /// Suppressed where every entry is accepted, which is what an entry without a status means.
    private static func suppression(_ json: JSON?) -> String? {
        let entries = json?.elements ?? []
        guard !entries.isEmpty, entries.allSatisfy({ ($0["status"]?.text ?? "accepted") == "accepted" }) else {
            return nil
        }
        let reason = entries.compactMap { $0["justification"]?.text }.first { !$0.isEmpty }
        return ImportedText.line(reason ?? "suppressed in the tool's results, without a reason", 500)
    }
}

extension SARIFResult {
    /// The place in today's file, where what the tool quotes stands there; anchored by its lines.
    /// - Parameter digest: of the file's content.
    /// - Throws: `noSuchLine`, `textNotFound`, `contentDiffers`.
    package func located(in file: FileLines, digest: Digest) throws(ImportRefusal) -> (Location, anchor: String) {
        var start = region.startLine
        if let snippet = region.snippet, start > 0, !Self.isBlank(snippet) {
            guard let found = file.place(of: snippet, near: start) else { throw .textNotFound }
            start = found
        } else if let context = region.context, start > 0, region.contextLine > 0, !Self.isBlank(context) {
            guard let found = file.place(of: context, near: region.contextLine) else { throw .textNotFound }
            start += found - region.contextLine
        } else if let lineHash, start > 0 {
            guard let found = file.place(ofHash: lineHash, near: start) else { throw .textNotFound }
            start = found
        } else if let contentHash, contentHash != digest.hex {
            throw .contentDiffers
        }
        guard start > 0 else { return (place(1, 1, 1, 1), "") }
        guard start <= file.lines.count else { throw .noSuchLine }
        let end = min(file.lines.count, start + max(0, region.endLine - region.startLine))
        return (place(in: file, start, end), file.anchor(of: start...end))
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private func place(in file: FileLines, _ start: Int, _ end: Int) -> Location {
        let first = file.column(max(1, region.startColumn), line: start, isUTF16: countsUTF16)
        let wholeLine = file.column(.max, line: end, isUTF16: false)
        let last = region.endColumn > 0 ? file.column(region.endColumn, line: end, isUTF16: countsUTF16) : wholeLine
        return place(start, first, end, start == end ? max(first, last) : last)
    }

    private func place(_ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int) -> Location {
        Location(path: path, startLine: line, startColumn: column, endLine: endLine, endColumn: endColumn)
    }
}
