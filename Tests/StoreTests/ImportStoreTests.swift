import OrchestratorCore
import Store
import TestSupport
import Testing

/// Imported results in a real database.
@Suite struct ImportStoreTests {
    private struct Stop: Error {}

    private let folder = Result { try TemporaryFolder() }

    private func store() throws -> RunStore {
        try RunStore(state: try StateFolder(try folder.get().path + "/state"), workingOn: "/target")
    }

    private func rule(_ id: String) -> ImportedRule {
        ImportedRule(
            attribution: Attribution(tool: "Lint 1", rule: id), id: "lint/" + id, title: id, message: "", help: "",
            url: nil, weaknesses: [79], severity: .high, confidence: nil, messages: [:])
    }

    private func result(_ path: String, line: Int) -> ImportedResult {
        ImportedResult(
            rule: 7,
            location: Location(
                path: RepositoryPath(path), startLine: line, startColumn: 1, endLine: line, endColumn: 2),
            anchor: "0123456789abcdef", weaknesses: [79, 80], severity: .high, confidence: 50, message: "m",
            suppression: nil)
    }

    private func record(_ name: String) -> ImportRecord {
        ImportRecord(
            name: name, file: "x", digest: Digest(of: "x"), content: Digest(of: "y"), importedAt: Timestamp(seconds: 0),
            tools: [], results: 1, taken: 1, suppressed: 0, refusals: [:], examples: [])
    }

    private func results(_ store: RunStore) throws -> [ImportedResult] {
        try store.importedPaths().sorted().flatMap { try store.importedResults(in: $0).map(\.result) }
    }

    @Test func resultsComeBackAsTheyWereGivenByPathAndPlace() throws {
        let store = try store()
        let given = [result("b", line: 2), result("a", line: 9), result("a", line: 1)]
        _ = try store.recordImport(named: "n") { writer in
            try writer.add(rule("r"), number: 7)
            for entry in given { #expect(try writer.add(entry)) }
            #expect(try !writer.add(given[0]), "the same result again")
            return record("n")
        }
        #expect(try results(store) == [given[2], given[1], given[0]])
        #expect(try store.importedRules() == ["n": [7: rule("r")]])
        #expect(try store.imports() == [record("n")])
    }

    @Test func anImportTakesThePlaceOfOneOfItsNameWholeOrNotAtAll() throws {
        let store = try store()
        for line in 1...2 {
            _ = try store.recordImport(named: "n") { writer in
                _ = try writer.add(result("a", line: line))
                return record("n")
            }
        }
        #expect(try results(store).map(\.location.startLine) == [2])
        #expect(throws: Stop.self) {
            _ = try store.recordImport(named: "n") { writer in
                _ = try writer.add(result("a", line: 3))
                throw Stop()
            }
        }
        #expect(try results(store).map(\.location.startLine) == [2])
        try store.removeImport(named: "n")
        #expect(try results(store).isEmpty && store.imports().isEmpty)
        #expect(throws: StoreError.self) { try store.removeImport(named: "n") }
    }
}
