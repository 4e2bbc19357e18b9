import ArgumentParser
import OrchestratorCore
import Pipeline
import Providers
import Settings

struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "List and check the configured providers of models.",
        subcommands: [List.self, Check.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List providers and their models.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var settings: ConfigurationOptions

        func run() throws {
            let configuration = try settings.load()
            try DescriptorValidator.validate(configuration.providers, configuration.models)
            if configuration.providers.isEmpty, !json { Console.line("secorch: no provider is configured") }
            let known = try ModelCatalogue(try Installation()).complete(
                configuration.models, of: configuration.providers)
            for provider in configuration.providers {
                let models = known.filter { $0.id.provider == provider.id }
                if json {
                    Console.print(ProvidersCommand.object(provider, models).text)
                } else {
                    Console.print(
                        "\(provider.id)  \(provider.kind.rawValue)  \(provider.wire.rawValue)  \(provider.baseURL)")
                    for model in models { Console.print("    \(model.id.name)  \(ModelText.line(model))") }
                }
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask each provider whether it answers and accepts the key.",
            discussion: "Costs nothing. Exits 3 where one does not.")

        @Flag(help: "Refuse whatever could leave this machine.")
        var localOnly = false

        @OptionGroup var settings: ConfigurationOptions

        func run() async throws {
            let configuration = try settings.load()
            let registry = try ProviderRegistry(
                configuration.providers, models: configuration.models, keys: EnvironmentKeys(),
                isLocalOnly: localOnly || configuration.isLocalOnly)
            var failed = false
            for provider in registry.providers {
                do {
                    let status = try await provider.check()
                    let version = status.version.map { ", version \($0)" } ?? ""
                    let credit = status.remainingCredit.map { ", \($0) left" } ?? ""
                    Console.print(VisibleText.of("\(provider.descriptor.id)  ok\(version)\(credit)"))
                } catch {
                    failed = true
                    Console.print(VisibleText.of("\(provider.descriptor.id)  failed: \(error)"))
                }
            }
            await registry.shutdown()
            if failed { throw ExitCode(ExitStatus.incomplete.rawValue) }
        }
    }

    private static func object(_ provider: ProviderDescriptor, _ models: [ModelDescriptor]) -> JSONValue {
        [
            "id": .string(provider.id), "kind": .string(provider.kind.rawValue),
            "protocol": .string(provider.wire.rawValue),
            "base_url": .string(provider.baseURL), "api_key": .optional(provider.key?.description),
            "models": .array(
                models.map { model in
                    [
                        "id": .string(model.id.name), "class": .string(model.modelClass.rawValue),
                        "context_tokens": model.contextTokens.map(JSONValue.number) ?? .null,
                        "price": .string(ModelText.price(model.price)), "leaves_host": .bool(model.leavesHost),
                    ]
                }),
        ]
    }
}
