import Foundation
import OrchestratorCore
import Settings
import TestSupport
import Testing

/// The JSON schemas that editors use agree with what the loaders accept: every installed file is valid.
@Suite struct SchemaTests {
    @Test(arguments: [("frameworks", "framework"), ("detection", "detection"), ("observations", "observation")])
    func everyInstalledFileIsValid(folder: String, schema: String) throws {
        try check(ProjectFolder.rulesets.appending(path: folder), schema)
    }

    @Test func theSampleOfAnOverlayIsValid() throws {
        try check(ProjectFolder.fixtures.appending(path: "overlays"), "overlay")
    }

    private func check(_ rules: URL, _ schema: String) throws {
        let work = try TemporaryFolder()
        let names = try FileManager.default.contentsOfDirectory(atPath: rules.path).filter { $0.hasSuffix(".yaml") }
        #expect(!names.isEmpty)
        for name in names {
            let text = try String(contentsOf: rules.appending(path: name), encoding: .utf8)
            try work.write(
                String(decoding: Self.json(try YAMLReader().read(text, file: name)).bytes, as: UTF8.self),
                to: name + ".json")
        }
        let check = """
            import fastjsonschema, json, pathlib, sys
            validate = fastjsonschema.compile(json.load(open(sys.argv[1])))
            for file in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
                try: validate(json.load(open(file)))
                except fastjsonschema.JsonSchemaException as problem: sys.exit(f"{file.name}: {problem.message}")
            """
        let path = ProjectFolder.rulesets.appending(path: "schema/\(schema).schema.json").path(percentEncoded: false)
        let result = try runProcess(
            "/usr/bin/env", ["python3", "-c", check, path, work.path],
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin",
                "PYTHONPATH": ProjectFolder.packs.appending(path: "checks").path(percentEncoded: false),
            ])
        #expect(result.status == 0, "\(result.errorText)")
    }

    /// Plain numbers and truth values as YAML means them; everything else is text.
    private static func json(_ node: MarkedNode) -> JSON {
        switch node {
        case .scalar("true", plain: true, _): .bool(true)
        case .scalar("false", plain: true, _): .bool(false)
        case .scalar(let text, let plain, _): plain && isNumber(text) ? .number(text) : .string(text)
        case .sequence(let elements, _): .array(elements.map(json))
        case .mapping(let pairs, _): .object(pairs.map { JSON.Member($0.key, json($0.value)) })
        }
    }

    /// What JSON calls a number, without exponents: no leading zero, a digit on both sides of the point.
    private static func isNumber(_ text: String) -> Bool {
        let parts = (text.hasPrefix("-") ? text.dropFirst() : text[...])
            .split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { "0123456789".contains($0) } }
            && (parts[0] == "0" || !parts[0].hasPrefix("0"))
    }
}
