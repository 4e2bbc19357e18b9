import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline
import Settings
import Store

extension Severity: ExpressibleByArgument {}
extension ReviewScope: ExpressibleByArgument {}

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

/// Which models may be asked, and for how much.
struct ModelOptions: ParsableArguments {
    @Option(help: "The most this run may cost, in US dollars.")
    var budget: String?

    @Option(help: "Ask only this provider.")
    var provider: String?

    @Option(help: "Ask only this model, by its name at the provider.")
    var model: String?

    @Option(help: "What of the code models read: all, or candidates, the code around the analyzer's findings.")
    var review: ReviewScope?

    @Flag(help: "Refuse every model that could leave this machine.")
    var localOnly = false

    @Flag(help: "Ask no model at all.")
    var offline = false

    @Flag(help: "Send again what may have been charged already: consent to pay twice.")
    var retryUncertain = false

    /// Throws `badConfiguration` where a named provider or model is not configured.
    func apply(to configuration: inout ScanConfiguration) throws {
        if let budget {
            do { configuration.budgets.run = try Money(dollars: budget) } catch {
                throw PipelineError(.badConfiguration, "--budget: \(error)")
            }
        }
        if let review { configuration.selection.scope = review }
        if localOnly { configuration.isLocalOnly = true }
        if retryUncertain { configuration.retriesUncertain = true }
        if offline { (configuration.providers, configuration.models) = ([], []) }
        guard provider != nil || model != nil else { return }
        configuration.models = configuration.models.filter { candidate in
            (provider ?? candidate.id.provider) == candidate.id.provider
                && (model ?? candidate.id.name) == candidate.id.name
        }
        guard !configuration.models.isEmpty || offline else {
            throw PipelineError(
                .badConfiguration,
                "no configured model is \(provider ?? "*")/\(model ?? "*"); see 'secorch providers list'")
        }
    }
}

/// Whether prompts go out in batches.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Send prompts in batches to providers that have them: cheaper at some, and slower.")
    var batch = false

    @Option(help: "Seconds to wait for batches; then the scan exits 3, and the same command goes on (default: a day).")
    var batchWait: Int?

    func validate() throws {
        if let batchWait, !(0...2_592_000).contains(batchWait) {
            throw ValidationError("--batch-wait takes a number of seconds from 0 to 2592000.")
        }
    }

    func apply(to configuration: inout ScanConfiguration) {
        if batch { configuration.usesBatches = true }
        if let batchWait { configuration.batchWait = batchWait }
    }
}
