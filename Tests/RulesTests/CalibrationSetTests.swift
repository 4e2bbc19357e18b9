import Foundation
import OrchestratorCore
import Rules
import Settings
import TestSupport
import Testing

/// The labelled pairs under `rulesets/calibration`, by which models are measured.
@Suite struct CalibrationSetTests {
    @Test func theSetIsWholeAndLargeEnough() throws {
        let folder = ProjectFolder.rulesets.appending(path: "calibration")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        let documents = try names.sorted().map { name in
            try YAMLReader().read(try String(contentsOf: folder.appending(path: name), encoding: .utf8), file: name)
        }
        let set = try CalibrationSet(documents)
        #expect(set.pairs.count >= 60 && Set(set.pairs.map(\.weakness)).count >= 25)
        #expect(Set(set.pairs.map(\.language)).count >= 8)
    }

    @Test(arguments: [
        ("line: 9", "line 9 of 'vulnerable' holds no code"), ("line: 0", "'line'"),
        ("safe: bad()", "'safe' equals 'vulnerable'"), ("language: klingon", "no known language"),
        ("id: a", "the id 'a' occurs twice"),
    ])
    func aMistakeIsNamedWithItsPlace(change: String, problem: String) throws {
        let first = "{id: a, language: c, cwe: 78, title: t, line: 1, vulnerable: bad(), safe: good()}"
        let key = change.split(separator: ":")[0]
        let fields = ["id: b", "language: c", "cwe: 78", "title: t", "line: 1", "vulnerable: bad()", "safe: good()"]
        let second = fields.map { $0.hasPrefix("\(key):") ? change : $0 }.joined(separator: ", ")
        let document = try YAMLReader().read("pairs:\n  - \(first)\n  - {\(second)}\n", file: "set.yaml")
        let error = #expect(throws: DocumentError.self) { _ = try CalibrationSet([document]) }
        #expect(error?.description.contains(problem) == true && error?.description.contains("set.yaml:3") == true)
    }
}
