import Foundation
import OrchestratorCore
import Reporting
import TestSupport
import Testing

/// Large reports, what can be filtered, and what a reader without eyes or mouse gets.
@Suite struct HTMLPagesTests {
    private func finding(_ number: Int, rule: String = "rule", confidence: Int = 80, line: String) -> Finding {
        let path = RepositoryPath("src/file\(number).py")
        let mark = FindingFingerprint(rule: rule, symbol: "", text: line, ordinal: number, path: path)
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: rule, weakness: 89, severity: .high, confidence: confidence,
            message: "It is `so`.",
            location: Location(path: path, startLine: 2, startColumn: 1, endLine: 2, endColumn: 5), symbol: "handler",
            evidence: Evidence(firstLine: 1, lines: ["before", line, "after"]),
            flow: [
                FlowStep(
                    location: Location(path: path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2),
                    note: "read from the request"),
                FlowStep(
                    location: Location(path: path, startLine: 2, startColumn: 1, endLine: 2, endColumn: 2),
                    note: "put into SQL"),
            ], suppression: nil)
    }

    private func write(_ findings: [Finding], into folder: TemporaryFolder) throws {
        let report = HandMadeReport(findings: findings, files: [])
        try ReportWriter(report, templates: try ReportTests.templates.get()).write(.html, into: folder.path)
    }

    private func pages(_ folder: TemporaryFolder) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Dictionary(
            uniqueKeysWithValues: try names.map { name in
                (name, try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8))
            })
    }

    /// All matches of the first group of a pattern.
    private func matches(_ pattern: String, in text: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    @Test func manyFindingsBecomeAnIndexAndPagesNoneOfWhichIsTooLarge() throws {
        let folder = try TemporaryFolder()
        // Characters that grow when they are escaped: the worst that a page can be.
        let lines = String(repeating: "<\"&'>\u{1B}", count: 30)
        try write(
            (0..<10_000).map { finding($0, rule: "rule\($0 / 200)", line: "\(lines) \($0)") }, into: folder)
        let pages = try pages(folder)
        #expect(pages.count > 5)
        for (name, text) in pages { #expect(text.utf8.count < 5_000_000, "\(name): \(text.utf8.count)") }
        let shown = try pages.values.flatMap { try matches("id=\"(finding-[^\"]*)\"", in: $0) }
        #expect(shown.count == 10_000 && Set(shown).count == 10_000)
    }

    @Test func everyLinkLeadsSomewhereAndEveryIdIsUnique() throws {
        for count in [20, 6000] {
            let folder = try TemporaryFolder()
            let findings = (0..<count).map {
                finding($0, rule: $0 < 10 ? "rule" : "other\($0 / 700)", line: "x = \($0)")
            }
            try write(findings, into: folder)
            let pages = try pages(folder)
            var ids: [String: Set<String>] = [:]
            for (name, text) in pages {
                let all = try matches(" id=\"([^\"]*)\"", in: text)
                ids[name] = Set(all)
                #expect(Set(all).count == all.count, "\(name)")
            }
            for (name, text) in pages {
                for link in try matches("href=\"([^\"]*)\"", in: text) where !link.contains("://") {
                    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                    let target = parts[0].isEmpty ? name : String(parts[0])
                    #expect(pages[target] != nil, "\(name): \(link)")
                    if parts.count == 2 { #expect(ids[target]?.contains(String(parts[1])) == true, "\(name): \(link)") }
                }
            }
        }
    }

    @Test func pagesOfAnEarlierReportGo() throws {
        let folder = try TemporaryFolder()
        try write((0..<6000).map { finding($0, rule: "rule\($0 / 300)", line: "x = \($0)") }, into: folder)
        #expect(try pages(folder).count > 1)
        try write([finding(0, line: "x")], into: folder)
        #expect(try pages(folder).keys.sorted() == ["report.html"])
    }

    @Test func theSameFindingsGiveTheSamePages() throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        let findings = (0..<6000).map { finding($0, rule: "rule\($0 / 300)", line: "x = \($0)") }
        for folder in folders { try write(findings, into: folder) }
        #expect(try pages(folders[0]) == pages(folders[1]))
    }

    @Test func everyClassThatAFilterNamesIsHiddenByTheStyleSheet() throws {
        let folder = try TemporaryFolder()
        try write([finding(0, line: "x"), finding(1, confidence: 10, line: "y")], into: folder)
        let html = try #require(try pages(folder)["report.html"])
        let roles = try matches("id=\"show-([^\"]*)\"", in: html)
        #expect(roles.contains("severity-high") && roles.contains("doubtful") && roles.contains("status-not-satisfied"))
        for role in roles { #expect(html.contains("main:has(#show-\(role):not(:checked)) .of-\(role)"), "\(role)") }
        #expect(html.contains("class=\"finding of-severity-high of-doubtful\""))
        #expect(!html.contains("<script") && !html.contains(" onclick"))
    }

    @Test func theMapOfControlsSaysInWordsWhatItsColoursSay() throws {
        let folder = try TemporaryFolder()
        try write([finding(0, line: "x")], into: folder)
        let html = try #require(try pages(folder)["report.html"])
        #expect(html.contains("<span class=\"unseen\">: not satisfied, 1 open finding</span>"))
        #expect(html.contains("href=\"#control-set-C-1\"") && html.contains("id=\"control-set-C-1\""))
    }

    @Test func theWayOfAValueIsAnOrderedList() throws {
        let folder = try TemporaryFolder()
        try write([finding(0, line: "x")], into: folder)
        let html = try #require(try pages(folder)["report.html"])
        #expect(html.contains("<ol>") && html.contains("read from the request"))
    }
}
