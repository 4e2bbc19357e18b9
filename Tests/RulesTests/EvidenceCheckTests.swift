import OrchestratorCore
import Rules
import Testing

/// Plain text and text with other characters are searched by different means: both must say the same.
@Suite struct EvidenceCheckTests {
    private func check(_ text: String, firstLine: Int = 1) -> EvidenceCheck {
        EvidenceCheck(
            ReviewedFile(
                name: "F1", path: RepositoryPath("a.py"), language: Language(rawValue: "python"), firstLine: firstLine,
                text: text, hints: []))
    }

    @Test(arguments: ["", "# été 東京\n"])
    func aQuoteIsFoundWhateverItsSpaces(last: String) {
        let check = check("import os\n\n\tos.system( name )\n\nopen(name)\n" + last, firstLine: 40)
        #expect(check.lines(of: "os.system(name)", near: 1) == 42...42)
        #expect(check.lines(of: "name )\nopen (", near: 1) == 42...44)
        #expect(check.lines(of: "import os", near: 1) == 40...40)
        #expect(check.lines(of: "os.system(names)", near: 42) == nil)
        #expect(check.lines(of: "os.syst\u{200B}em", near: 42) == 42...42)
        #expect(check.lines(of: "name", near: 44) == 44...44)
        #expect(check.lines(of: "name", near: 41) == 42...42)
        #expect(check.lines(of: "os", near: 1) == nil, "too short to prove anything")
        #expect(check.lines(of: "os.système", near: 42) == nil)
    }

    @Test func compositionOfCharactersDoesNotMatter() {
        #expect(check("x = 'cafe\u{301}'\n").lines(of: "x='caf\u{E9}'", near: 1) == 1...1)
    }

    @Test func linesThatEndWithCarriageReturnsAreLines() {
        #expect(check("a = 1\r\nos.system(b)\r\nc = 2\r\n").lines(of: "os.system(b)", near: 1) == 2...2)
    }

    @Test func anEmptyTextHoldsNothing() {
        #expect(check("").lines(of: "something", near: 1) == nil)
    }

    @Test func aQuoteMayRunAcrossLinesThatWereNotShown() {
        let file = ReviewedFile(
            name: "F1", path: RepositoryPath("a.py"), language: Language(rawValue: "python"), firstLine: 1,
            text: "first = 1\n# note\n\nsecond = 2\n", hints: [], comments: [2...2])
        #expect(EvidenceCheck(file).lines(of: "first = 1\nsecond = 2", near: 1) == 1...4)
        #expect(EvidenceCheck(file).lines(of: "# note", near: 2) == nil)
    }

    @Test func barsAndNumbersThatWereCopiedDoNoHarm() {
        #expect(check("first = 1\nsecond = 2\n").lines(of: "1|first = 1\n|second = 2", near: 1) == 1...2)
        #expect(check("match x with\n| None -> 0\n").lines(of: "| None -> 0", near: 2) == 2...2)
    }
}
