import Foundation
import TestSupport
import Testing

/// Sources that are not plain, small UTF-8.
@Suite struct AwkwardSourceTests {
    /// Umlauts and kanji stand before the weakness, so that a wrong reading would move it.
    private static func code(_ comment: String) -> String {
        "import os\nfrom flask import request\n\ndef run():\n    # \(comment)\n    os.system('ls ' + request.args['x'])\n"
    }

    @Test(arguments: [
        ("utf-16 little", String.Encoding.utf16LittleEndian, [0xFF, 0xFE], "gr\u{FC}\u{DF}e"),
        ("utf-16 big", .utf16BigEndian, [0xFE, 0xFF], "\u{8868}\u{793A}"),
        ("utf-8 with a mark", .utf8, [0xEF, 0xBB, 0xBF], "\u{8868}"), ("latin-1", .isoLatin1, [], "gr\u{FC}\u{DF}e"),
        // The second byte of its first character is a backslash.
        ("shift-jis", .shiftJIS, [], "\u{8868}\u{793A}"),
    ])
    func otherEncodingsAreExamined(name: String, encoding: String.Encoding, mark: [UInt8], comment: String) throws {
        let program = try Program()
        let bytes = try #require(Self.code(comment).data(using: encoding))
        try program.folder.write(mark + Array(bytes), to: "target/a.py")
        let result = try program.scan()
        #expect(result.status == 0, "\(result.errorText)")
        let findings = try #require(try program.json("out/report.json")["findings"] as? [[String: Any]])
        #expect(findings.map { $0["start_line"] as? Int } == [6], "\(name)")
    }

    @Test func aVeryLargeFileIsSearchedByLexicalRulesAndTheLedgerSaysSo() throws {
        let program = try Program()
        let lines = (0..<220_000).map { "var v\($0) = \"\($0)\";\n" }.joined()
        try program.folder.write(lines, to: "target/big.js")
        let result = try program.scan()
        #expect(result.status == 0, "\(result.errorText)")
        let files = try #require(try program.json("out/report.json")["files"] as? [[String: Any]])
        #expect(files.map { $0["reason"] as? String } == ["lexical rules only"])
        #expect((files.first?["detail"] as? String)?.contains("limit") == true)
    }
}
