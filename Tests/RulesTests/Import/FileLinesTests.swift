import OrchestratorCore
import Rules
import Testing

/// Lines that are found again without their text.
@Suite struct FileLinesTests {
    private static let text = "one()\ntwo()\n\nthree()\ntwo()\n"

    private func lines(_ text: String) -> FileLines { FileLines(Array(text.utf8), path: RepositoryPath("a.py")) }

    @Test func anAnchorHoldsWhereItsLinesStand() {
        let file = lines(Self.text)
        let anchor = file.anchor(of: 4...5)
        #expect(file.line(of: anchor, near: 4) == 4)
        #expect(lines("new()\n\n" + Self.text).line(of: anchor, near: 4) == 6)
        #expect(lines("  three( )\n\ttwo()").line(of: anchor, near: 4) == 1, "white space does not count")
        #expect(lines("three()\nother()\n").line(of: anchor, near: 4) == nil)
        #expect(lines("").line(of: anchor, near: 4) == nil)
    }

    @Test func ofEqualLinesTheNearestIsMeant() {
        let file = lines(Self.text)
        let anchor = file.anchor(of: 2...2)
        #expect(file.line(of: anchor, near: 2) == 2 && file.line(of: anchor, near: 5) == 5)
        #expect(lines("x()\n" + Self.text).line(of: anchor, near: 5) == 6)
    }

    @Test func anAnchorHoldsNoText() {
        let anchor = lines("password = 'hunter2'\n").anchor(of: 1...1)
        #expect(anchor.count == 16 && anchor.allSatisfy(\.isHexDigit))
    }
}
