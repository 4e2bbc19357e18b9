import Foundation
import OrchestratorCore
import Store
import TestSupport
import Testing

@Suite struct RunStoreTests {
    private let folder: TemporaryFolder
    private let state: StateFolder

    init() throws {
        folder = try TemporaryFolder()
        state = try StateFolder(folder.path + "/state")
    }

    private let repository = Repository(root: "/somewhere/app", name: "app", revision: nil)

    private func settings(_ version: String = "1") -> RunSettings {
        RunSettings(
            version: version, options: [], ruleSets: [], detectionRules: Digest(of: "rules"), detectionRuleCount: 1,
            templates: Digest(of: "templates"), personalData: "undeclared", since: nil, honoursSuppressions: true,
            notices: [])
    }

    private func begin(_ store: RunStore, _ identity: String, suffix: String) throws -> RunRecord {
        try store.begin(
            repository, identity: Digest(of: identity), settings: settings(), at: Timestamp(seconds: 1_000_000),
            suffix: suffix)
    }

    private func open() throws -> RunStore { try RunStore(state: state, workingOn: repository.root) }

    @Test func onlyTheNewestUnfinishedRunOfEqualIdentityIsTakenUp() throws {
        let store = try open()
        _ = try begin(store, "a", suffix: "000001")
        let second = try begin(store, "a", suffix: "000002")
        _ = try begin(store, "b", suffix: "000003")
        #expect(try store.resumable(Digest(of: "a"))?.id == second.id)
        let states = try store.runs().map(\.state)
        #expect(states == [.abandoned, .running, .abandoned])
    }

    @Test func aFinishedRunNeverReopens() throws {
        let store = try open()
        let run = try begin(store, "a", suffix: "000001")
        _ = try store.finish(run, at: Timestamp(seconds: 1_000_060), exitCode: 0)
        #expect(try store.resumable(Digest(of: "a")) == nil)
        #expect(throws: StoreError.self) { try store.finish(run, at: Timestamp(seconds: 2_000_000), exitCode: 1) }
        let record = try #require(try store.runs().first)
        #expect(record.exitCode == 0 && record.finishedAt == Timestamp(seconds: 1_000_060))
    }

    @Test func twoProcessesCannotWorkOnOneRepository() throws {
        let first = try open()
        let error = #expect(throws: StoreError.self) { try open() }
        #expect(error?.code == .busy)
        _ = try RunStore(state: state, workingOn: "/somewhere/else")
        #expect(try first.runs().isEmpty)
    }

    @Test func findingsComeWorstFirstThenByRuleAndPath() throws {
        let store = try open()
        let run = try begin(store, "a", suffix: "000001")
        let paths = ["a.py", "b.py"].map { RepositoryPath($0) }
        try store.recordFiles(
            paths.map { path in
                RunFile(
                    file: SourceFile(
                        path: path, byteCount: 1, digest: Digest(of: path.text), language: Language(rawValue: "python"),
                        lineCount: 1, coverage: Coverage(.complete)), isListed: true)
            }, run: run.id)
        let entries = try AnalysisCache(store).record(
            paths.map { path in
                (
                    key: Digest(of: "key " + path.text), path: path,
                    analysis: FileAnalysis(
                        findings: [
                            finding("low-rule", .low, path, 1), finding("high-rule", .high, path, 2, suppressed: true),
                            finding("worst", .critical, path, 3),
                        ], coverage: Coverage(.complete), idleSuppressions: [IdleSuppression(line: 9, problem: "idle")]),
                    links: ""
                )
            })
        try store.recordResults(
            entries.enumerated().map { .init(ordinal: $0, coverage: $1.coverage, analysis: $1.id) }, run: run.id)
        #expect(try store.orderFindings(run: run.id, honouringSuppressions: true) == 6)
        var seen: [String] = []
        try store.forEachFinding(run: run.id, honouringSuppressions: true) { finding in
            seen.append("\(finding.severity.rawValue) \(finding.location.path) \(finding.isOpen)")
        }
        #expect(
            seen == [
                "critical a.py true", "critical b.py true", "high a.py false", "high b.py false", "low a.py true",
                "low b.py true",
            ])
        var open = 0
        try store.forEachFinding(run: run.id, honouringSuppressions: false) { open += $0.isOpen ? 1 : 0 }
        #expect(open == 6)
        #expect(try store.idleSuppressions(run: run.id).map(\.path) == paths)
        #expect(try AnalysisCache(store).entries([Digest(of: "key a.py"), Digest(of: "other")]).count == 1)
    }

    private func finding(
        _ rule: String, _ severity: Severity, _ path: RepositoryPath, _ line: Int, suppressed: Bool = false
    ) -> Finding {
        Finding(
            id: "\(rule)\(path)", fingerprint: rule, rule: rule, weakness: 89, severity: severity, confidence: 80,
            message: "message",
            location: Location(path: path, startLine: line, startColumn: 1, endLine: line, endColumn: 2),
            symbol: "", evidence: Evidence(firstLine: line, lines: ["one", "", "three"]),
            suppression: suppressed ? Suppression(kind: .inSource, reason: "why", line: line) : nil)
    }

    @Test func whatTheReaderThrowsComesThrough() throws {
        struct Enough: Error {}
        let store = try open()
        let run = try begin(store, "a", suffix: "000001")
        let file = SourceFile(
            path: RepositoryPath("a"), byteCount: 0, digest: nil, language: .unknown, lineCount: 0,
            coverage: Coverage(.empty))
        try store.recordFiles([RunFile(file: file, isListed: true)], run: run.id)
        #expect(throws: Enough.self) { try store.forEachFile(run: run.id) { _, _ in throw Enough() } }
    }
}

@Suite struct JournalTests {
    private struct Count: Stage {
        let name = StageName.map
        let version: Int
        let settings: Digest
        let ran: @Sendable () -> Void

        func run(_ input: String) async throws -> Int {
            ran()
            return input.count
        }
    }

    @Test func aStageRunsAgainOnlyWhenSomethingThatShapesItChanged() async throws {
        let folder = try TemporaryFolder()
        let state = try StateFolder(folder.path)
        let store = try RunStore(state: state, workingOn: "/app")
        let settings = RunSettings(
            version: "1", options: [], ruleSets: [], detectionRules: Digest(of: ""), detectionRuleCount: 0,
            templates: Digest(of: ""), personalData: "no", since: nil, honoursSuppressions: true, notices: [])
        let run = try store.begin(
            Repository(root: "/app", name: "app", revision: nil), identity: Digest(of: "x"), settings: settings,
            at: Timestamp(seconds: 0), suffix: "000000")
        let journal = Journal(store, run: run)
        let counter = Counter()
        func stage(_ version: Int, _ settings: String) -> Count {
            Count(version: version, settings: Digest(of: settings)) { counter.add() }
        }
        #expect(try await journal.checkpoint(stage(1, "a"), "four") == 4)
        #expect(try await journal.checkpoint(stage(1, "a"), "four") == 4)
        #expect(counter.value == 1)
        _ = try await journal.checkpoint(stage(1, "a"), "other")
        _ = try await journal.checkpoint(stage(1, "b"), "other")
        _ = try await journal.checkpoint(stage(2, "b"), "other")
        #expect(counter.value == 4)
        #expect(try journal.output(Int.self, of: .map) == 5)
        #expect(try journal.output(Int.self, of: .detect) == nil)
    }
}

@Suite struct DatabaseFileTests {
    private func corrupted(_ bytes: [UInt8]) throws -> (StoreError?, [UInt8]) {
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "catalog.sqlite")
        let error = #expect(throws: StoreError.self) { try CatalogStore(state: StateFolder(folder.path)) }
        return (error, Array(try Data(contentsOf: folder.url.appending(path: "catalog.sqlite"))))
    }

    @Test func aFileThatIsNoDatabaseIsNamedAndLeftAsItIs() throws {
        let bytes = Array("this is somebody's letter, not a database".utf8)
        let (error, after) = try corrupted(bytes)
        #expect(error?.code == .corrupt)
        #expect(error?.description.contains("catalog.sqlite") == true)
        #expect(after == bytes)
    }

    @Test func aDamagedDatabaseIsNamedAndLeftAsItIs() throws {
        var bytes = Array("SQLite format 3\0".utf8)
        bytes += (0..<8000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let (error, after) = try corrupted(bytes)
        #expect(error?.code == .corrupt)
        #expect(after == bytes)
    }

    @Test func aStateFolderThatCannotBeMadeIsNamed() throws {
        let folder = try TemporaryFolder()
        try folder.write("a file", to: "file")
        let error = #expect(throws: StoreError.self) { try StateFolder(folder.path + "/file/state") }
        #expect(error?.code == .unwritable)
    }
}

@Suite struct CatalogStoreTests {
    @Test func aRuleSetComesBackAsItWentInAndVersionsLieSideBySide() throws {
        let folder = try TemporaryFolder()
        let catalog = try CatalogStore(state: StateFolder(folder.path))
        func ruleSet(_ version: String) -> RuleSet {
            RuleSet(
                id: "set", title: "Title", shortTitle: "T", version: version, publisher: "P", licence: "L", url: "U",
                digest: Digest(of: version),
                controls: [
                    Control(
                        id: "C", title: "Control", group: "G", assessable: .code, checkType: .accessControl,
                        summary: "S",
                        evidencedByScan: true, needsPersonalData: false,
                        mappings: [Mapping(weakness: 89, source: "curated", strength: .strong, rationale: "why")])
                ])
        }
        try catalog.record(ruleSet("1"), importedFrom: Digest(of: "file 1"))
        try catalog.record(ruleSet("2"), importedFrom: Digest(of: "file 2"))
        try catalog.record(ruleSet("2"), importedFrom: Digest(of: "file 2, spelt otherwise"))
        #expect(try catalog.ruleSet(Digest(of: "1")) == ruleSet("1"))
        #expect(try catalog.ruleSet(importedFrom: Digest(of: "file 2, spelt otherwise")) == ruleSet("2"))
        #expect(try catalog.ruleSet(importedFrom: Digest(of: "never seen")) == nil)
    }
}
