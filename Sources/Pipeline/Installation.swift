import Foundation
import OrchestratorCore

/// Where the program's own data lies: rule sets, templates and data packs. Never the current folder and never the target,
/// so that a scanned repository cannot bring its own.
package struct Installation: Sendable {
    /// The folder that holds `rulesets` and `templates`.
    package let home: String
    /// The folder of grammars and vocabularies; it may be absent.
    package let packs: String

    package static let version = "0.1.0"

    /// `SECORCH_HOME`, else the nearest folder above the executable with rule sets in it; packs in `SECORCH_PACKS`, else
    /// in `.packs` there. Throws `installation`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(PipelineError) {
        if let path = environment["SECORCH_HOME"] { home = try Self.checked(path) } else { home = try Self.found() }
        packs = environment["SECORCH_PACKS"] ?? home + "/.packs"
    }

    private static let mark = "rulesets/weaknesses.yaml"

    private static func checked(_ path: String) throws(PipelineError) -> String {
        guard FileManager.default.fileExists(atPath: path + "/" + mark) else {
            throw PipelineError(.installation, "SECORCH_HOME is \(path), but there is no \(mark) in it")
        }
        return path
    }

    private static func found() throws(PipelineError) -> String {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        var folder = URL(filePath: executable).deletingLastPathComponent()
        for _ in 0..<6 {
            let path = folder.path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: path + "/" + mark) {
                return path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
            }
            folder.deleteLastPathComponent()
        }
        throw PipelineError(
            .installation, "no \(mark) in the folders above \(executable); set SECORCH_HOME to the folder that has it")
    }

    package var grammars: String { packs + "/grammars/languages.so" }
    package var vocabulary: String { packs + "/vocabularies/qwen.tiktoken" }

    /// The text of a file of the installation. Throws `installation`.
    package func text(_ name: String) throws(PipelineError) -> String {
        do {
            return try String(contentsOfFile: home + "/" + name, encoding: .utf8)
        } catch {
            throw PipelineError(.installation, "cannot read \(home)/\(name): \(error.localizedDescription)")
        }
    }

    /// The YAML files of a folder of the installation, by name.
    package func documents(in folder: String) throws(PipelineError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: home + "/" + folder)
                .filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
        } catch {
            throw PipelineError(.installation, "cannot list \(home)/\(folder): \(error.localizedDescription)")
        }
    }
}
