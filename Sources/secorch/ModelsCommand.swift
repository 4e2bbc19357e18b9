import ArgumentParser
import OrchestratorCore
import Pipeline
import Providers
import Settings

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, show, download, load, remove and measure models.",
        discussion: """
            A model is named as its provider names it, or as PROVIDER/MODEL where more than one provider is configured. \
            Downloads, memory and removal are those of Ollama servers.
            """,
        subcommands: [List.self, Show.self, Pull.self, Loaded.self, Keep.self, Remove.self, Calibrate.self],
        defaultSubcommand: List.self)

    /// What the protocols other than Ollama's have no call for.
    static func need(_ deed: String) -> (wire: ProviderDescriptor.WireProtocol, deed: String) { (.ollama, deed) }
}

/// Which models a command is about.
struct ModelPlaceOptions: ParsableArguments {
    @Option(help: "The provider, by its id in the configuration.")
    var provider: String?

    @Flag(help: "Refuse every model that could leave this machine.")
    var localOnly = false

    @OptionGroup var settings: ConfigurationOptions

    func load() throws -> ScanConfiguration {
        var configuration = try settings.load()
        if localOnly { configuration.isLocalOnly = true }
        return configuration
    }
}

extension ScanConfiguration {
    /// With one provider and its models only.
    func limited(to provider: String) -> ScanConfiguration {
        var limited = self
        limited.providers = providers.filter { $0.id == provider }
        limited.models = models.filter { $0.id.provider == provider }
        return limited
    }
}
