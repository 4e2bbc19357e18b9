package import OrchestratorCore

/// The findings that were open when somebody drew a line: they are reported, but `--fail-on` counts others only.
///
/// Text, a finding a line, sorted: `ID RULE PATH`. Only the id counts; the rest is for people and for merges.
package struct BaselineFile: Sendable {
    /// Ascending, each once.
    package let ids: [String]
    /// Over the ids.
    package let digest: Digest

    private static let title = "# secorch baseline, ids of scheme "
    private static let limit = 64 * 1024 * 1024

    /// Throws `DocumentError` with the line, and `badConfiguration` for a file that cannot be read.
    package init(path: String) throws {
        let bytes = try UserFile.read(path, "baseline", limit: Self.limit)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        func fail(_ line: Int, _ problem: String) -> DocumentError {
            DocumentError(MarkedNode.Mark(file: path, line: line + 1, column: 1), problem)
        }
        let first = String(decoding: lines.first ?? [], as: UTF8.self).filter { $0 != "\r" }
        guard first.hasPrefix(Self.title) else {
            throw fail(0, "not a baseline of 'secorch baseline': expected '\(Self.title)...' on the first line")
        }
        let scheme = first.dropFirst(Self.title.count)
        guard scheme == FindingFingerprint.scheme else {
            throw fail(
                0,
                "written with ids of scheme \(scheme.prefix(20)), this version has \(FindingFingerprint.scheme); write it anew"
            )
        }
        var found: Set<String> = []
        for (number, line) in lines.enumerated().dropFirst() {
            guard let byte = line.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }),
                byte != UInt8(ascii: "#")
            else { continue }
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard fields.count == 3, fields[0].count == 20, fields[0].allSatisfy(Self.isDigit) else {
                throw fail(number, "expected 'ID RULE PATH' with an id of 20 hexadecimal digits")
            }
            found.insert(String(decoding: fields[0], as: UTF8.self))
        }
        ids = found.sorted()
        digest = Digest(parts: ["baseline"] + ids)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { "0123456789abcdef".utf8.contains(byte) }

    /// The text of a file that lists findings.
    package static func text(_ findings: [Finding], target: String, commit: String?) -> String {
        let lines = findings.map { (path: $0.location.path, text: "\($0.id) \($0.rule) \($0.location.path.text)") }
            .sorted { ($0.path, $0.text) < ($1.path, $1.text) }.map { $0.text + "\n" }
        let source = "\(VisibleText.of(target))\(commit.map { " at commit \($0)" } ?? "")"
        return """
            \(title)\(FindingFingerprint.scheme)
            # \(findings.count) open findings of \(source). 'secorch scan --baseline FILE' reports them, but they do not count
            # for --fail-on. One a line: id, rule, path. Remove lines as findings are mended.

            """ + lines.joined()
    }
}
