import Foundation
import OrchestratorCore
import Settings
import TestSupport
import Testing

/// The labelled pairs under `rulesets/calibration`, by which models are to be measured.
@Suite struct CalibrationSetTests {
    @Test func everyPairIsWholeAndItsWeakLineIsInIt() throws {
        let folder = ProjectFolder.rulesets.appending(path: "calibration")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        var ids: Set<String> = []
        var weaknesses: Set<Int> = []
        for name in names {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            var document = try MappingReader(YAMLReader().read(text, file: name))
            let pairs = try document.required("pairs").elements(for: "pairs")
            try document.finish()
            for node in pairs {
                var fields = try MappingReader(node)
                let id = try fields.string("id")
                #expect(ids.insert(id).inserted, "\(id) occurs twice")
                #expect(Language.all.contains(Language(rawValue: try fields.string("language"))), "\(id)")
                weaknesses.insert(try fields.integer("cwe", in: 1...9999))
                #expect(try !fields.string("title").isEmpty)
                let vulnerable = try fields.string("vulnerable")
                #expect(try fields.string("safe") != vulnerable, "\(id)")
                let lines = vulnerable.split(separator: "\n", omittingEmptySubsequences: false)
                let line = try fields.integer("line", in: 1...200)
                #expect(line <= lines.count && lines[line - 1].contains { !$0.isWhitespace }, "\(id)")
                try fields.finish()
            }
        }
        #expect(ids.count >= 60 && weaknesses.count >= 25)
    }
}
