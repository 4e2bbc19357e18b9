import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline
import Settings
import Store

extension Severity: ExpressibleByArgument {}

/// Where state is kept.
struct StateOptions: ParsableArguments {
    @Option(
        name: .customLong("state"), help: "Folder for runs, caches and rule sets (default: $XDG_STATE_HOME/secorch).")
    var path: String?

    var folder: String { path ?? StateFolder.standard }
}

/// Where the configuration comes from.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: "Configuration file (default: $XDG_CONFIG_HOME/secorch/secorch.yaml). SECORCH_... variables override it.")
    var file: String?

    /// The user's configuration. Throws `DocumentError`, and `badConfiguration` where a named file cannot be read.
    func load() throws -> ScanConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let path = file ?? Self.standard(environment)
        let text: String?
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            guard file == nil, !FileManager.default.fileExists(atPath: path) else {
                throw PipelineError(
                    .badConfiguration, "cannot read the configuration \(path): \(error.localizedDescription)")
            }
            text = nil
        }
        return try ConfigurationLoader(reader: YAMLReader()).load(text, file: path, environment: environment)
    }

    static func standard(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let base =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? "/") + "/.config"
        return "\(base)/secorch/\(ConfigurationLoader.fileName)"
    }
}

/// How much happens at once and what is said meanwhile.
struct WorkOptions: ParsableArguments {
    @Option(help: "Tasks at a time (default: the number of processors).")
    var jobs: Int?

    @Flag(help: "Say nothing but results and errors.")
    var quiet = false

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1024.") }
    }

    var taskCount: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }

    var progress: any ProgressListener { quiet ? NoProgress() : TerminalProgress() }
}
