import Foundation
import TestSupport
import Testing

/// The official schema of SARIF 2.1.0, where it lies beside the project; it is not ours to ship.
@Suite struct SARIFSchemaTests {
    static let schema = ProjectFolder.root.deletingLastPathComponent()
        .appending(path: "shared/reference/schemas/sarif-schema-2.1.0.json").path(percentEncoded: false)

    @Test func sarifOfTheExampleIsValid() throws {
        guard FileManager.default.fileExists(atPath: Self.schema) else {
            print("NOT TESTED: SARIF against its schema; there is none at \(Self.schema)")
            return
        }
        let program = try Program()
        let target = ProjectFolder.fixtures.appending(path: "shop").path(percentEncoded: false)
        #expect(try program.run("scan", target, "--out", "out", "--state", "state", "--quiet").status == 0)
        let check = """
            import fastjsonschema, json, sys
            schema = json.load(open(sys.argv[1]))
            fastjsonschema.compile(schema, formats={"uri": ".*", "uri-reference": ".*", "date-time": ".*"})(json.load(open(sys.argv[2])))
            """
        let result = try runProcess(
            "/usr/bin/env", ["python3", "-c", check, Self.schema, program.folder.path + "/out/findings.sarif"],
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin",
                "PYTHONPATH": ProjectFolder.packs.appending(path: "checks").path(percentEncoded: false),
            ])
        #expect(result.status == 0, "\(result.errorText)")
    }
}
