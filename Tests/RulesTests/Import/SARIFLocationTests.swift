import Foundation
import OrchestratorCore
import Rules
import Settings
import TestSupport
import Testing

/// Where results stand in today's file.
@Suite struct SARIFLocationTests {
    private static let page = "def page(name):\n    return '<b>' + name + '</b>'\n"

    private func locate(
        _ region: String, context: String = "", more: String = "", run: String = "", tool: String = "Lint",
        in text: String = page
    ) throws -> Result<Location, ImportRefusal> {
        let context = context.isEmpty ? "" : ", \"contextRegion\": " + context
        let result = """
            {"ruleId": "r", "message": {"text": "m"}\(more), "locations": [{"physicalLocation": {"artifactLocation": \
            {"uri": "a.py", "index": 0}, "region": \(region)\(context)}}]}
            """
        let stated = try SARIFReaderTests.results(SARIFReaderTests.document([result], run: run, name: tool))[0].get()
        let file = FileLines(Array(text.utf8), path: RepositoryPath("a.py"))
        return Result { () throws(ImportRefusal) in try stated.located(in: file, digest: Digest(of: text)).0 }
    }

    private func line(_ result: Result<Location, ImportRefusal>) -> Result<Int, ImportRefusal> {
        result.map(\.startLine)
    }

    @Test func aSnippetFindsItsLine() throws {
        let snippet = #""snippet": {"text": "return '<b>'\n  + name"}"#
        #expect(line(try locate("{\"startLine\": 1, \(snippet)}")) == .success(2))
        #expect(line(try locate("{\"startLine\": 99, \(snippet)}")) == .success(2))
        #expect(line(try locate("{\"startLine\": 2, \(snippet)}", in: "other\n")) == .failure(.textNotFound))
        #expect(line(try locate(#"{"startLine": 1, "snippet": {"text": "\ndef page"}}"#)) == .success(1))
    }

    @Test func aTextTooShortToProveAnythingElsewhereCountsOnItsLine() throws {
        #expect(line(try locate(#"{"startLine": 2, "snippet": {"text": "b>"}}"#)) == .success(2))
        #expect(line(try locate(#"{"startLine": 1, "snippet": {"text": "b>"}}"#)) == .failure(.textNotFound))
    }

    @Test func aTextAroundThePlaceWillDo() throws {
        let context = #"{"startLine": 11, "snippet": {"text": "def page(name):\n    return '<b>'"}}"#
        #expect(line(try locate(#"{"startLine": 12}"#, context: context)) == .success(2))
        let wrong = #"{"startLine": 1, "snippet": {"text": "class Page:"}}"#
        #expect(line(try locate(#"{"startLine": 2}"#, context: wrong)) == .failure(.textNotFound))
    }

    @Test func withoutATextTheLineMustExistAndTheContentMustNotDiffer() throws {
        #expect(line(try locate(#"{"startLine": 2}"#)) == .success(2))
        #expect(line(try locate(#"{"startLine": 3}"#)) == .failure(.noSuchLine))
        let hashes = "\"artifacts\": [{\"location\": {\"uri\": \"a.py\"}, \"hashes\": {\"sha-256\": \"00ff\"}}]"
        #expect(line(try locate(#"{"startLine": 2}"#, run: hashes)) == .failure(.contentDiffers))
    }

    /// The expected values come from a transcription of CodeQL's own algorithm, which was tried on its real results.
    @Test func fingerprintsOfCodeQLFindTheirLineAndOtherToolsAreNotTrustedWithThem() throws {
        func more(_ hash: String) -> String { ", \"partialFingerprints\": {\"primaryLocationLineHash\": \"\(hash)\"}" }
        let hash = more("966359bcecdaa623:1")
        let region = #"{"startLine": 2}"#
        #expect(line(try locate(region, more: hash, tool: "CodeQL")) == .success(2))
        #expect(line(try locate(region, more: hash, tool: "CodeQL", in: "\n\n\n" + Self.page)) == .success(5))
        #expect(line(try locate(region, more: more("abc:1"), tool: "CodeQL")) == .failure(.textNotFound))
        #expect(line(try locate(region, more: more("abc:1"))) == .success(2))
        let odd = "x = '\u{1F600}'\r\n\ty = 1\r\n\r\nx\nx\n"
        #expect(line(try locate(region, more: more("828973aa50c68d6d:1"), tool: "CodeQL", in: odd)) == .success(5))
    }

    @Test func columnsCountCharactersWhateverTheToolCounts() throws {
        let text = "'\u{1F600}' + name\n"
        let region = #"{"startLine": 1, "startColumn": 8, "endColumn": 12}"#
        let location = try locate(region, in: text).get()
        #expect(location.startColumn == 7 && location.endColumn == 11)
        let points = try locate(region, run: #""columnKind": "unicodeCodePoints""#, in: text).get()
        #expect(points.startColumn == 8 && points.endColumn == 11, "cut at the end of the line")
        let far = try locate(#"{"startLine": 1, "endLine": 500, "startColumn": 9999999}"#, in: text).get()
        #expect(far.endLine == 1 && far.startColumn == 11)
    }

    @Test func aResultForTheWholeFileStandsAtItsStart() throws {
        #expect(line(try locate("{}")) == .success(1))
        #expect(line(try locate(#"{"startLine": 0, "endLine": 1}"#)) == .success(1))
    }

    @Test func weaknessesOfToolsThatNameNoneComeFromTheInstalledTable() throws {
        let file = ProjectFolder.rulesets.appending(path: "imports.yaml")
        let known = try ToolWeaknesses(
            try String(contentsOf: file, encoding: .utf8), file: "imports.yaml", reader: YAMLReader())
        let text = SARIFReaderTests.document([], rules: #"[{"id": "B608"}, {"id": "B999"}]"#, name: "Bandit")
        let outline = try SARIFReader(name: "x", known: known) {
            var rest = Array(text.utf8)
            return {
                defer { rest = [] }
                return rest
            }
        }.outline()
        #expect(outline.rules.map(\.weaknesses) == [[89], []])
        let twice = "tools:\n  - name: a\n    source: s\n    weaknesses: {1: [x], 2: [x]}\n"
        let error = #expect(throws: DocumentError.self) {
            try ToolWeaknesses(twice, file: "t.yaml", reader: YAMLReader())
        }
        #expect(error?.description.hasPrefix("t.yaml:4:30") == true, "\(String(describing: error))")
    }
}
