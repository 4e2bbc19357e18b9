import ArgumentParser
import OrchestratorCore
import Pipeline
import Providers
import Settings

extension ModelsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List models: class, window, price and its source, whether they leave this machine, last day.",
            discussion: """
                Without flags the configured ones, and nobody is asked. Prices come from the configuration, else from the \
                provider's own list, else from a dated list of published ones. With --check or --all, exits 3 where a \
                provider does not answer or a configured model cannot be had.
                """)

        @Flag(help: "Also the models that providers offer and that are not configured.")
        var all = false

        @Flag(help: "Ask the providers whether they have the configured models.")
        var check = false

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func run() async throws {
            var configuration = try place.load()
            if place.provider != nil {
                let named = try ModelPlace("", provider: place.provider, in: configuration)
                configuration = configuration.limited(to: named.provider.id)
            }
            if configuration.providers.isEmpty, !json { Console.line("secorch: no provider is configured") }
            let survey = try ModelSurvey(configuration, try Installation())
            let (models, failures) = await survey.models(asksProviders: all || check, includesOffered: all)
            for model in models {
                Console.print(
                    json ? JSONValue.object(ModelText.object(model)).text : VisibleText.of(ModelText.line(model)))
            }
            for error in failures { Console.warning("\(error)") }
            let isComplete = failures.isEmpty && !models.contains { $0.status == .missing }
            if all || check, !isComplete { throw ExitCode(ExitStatus.incomplete.rawValue) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show everything that is known of one model.",
            discussion: "Asks its provider, which costs nothing. Exits 3 where the provider does not answer.")

        @Argument(help: "MODEL or PROVIDER/MODEL.")
        var model: String

        @Flag(help: "Print a JSON object.")
        var json = false

        @OptionGroup var place: ModelPlaceOptions

        func run() async throws {
            let configuration = try place.load()
            let named = try ModelPlace(model, provider: place.provider, in: configuration)
            let survey = try ModelSurvey(configuration.limited(to: named.provider.id), try Installation())
            let surveyed = try await survey.model(named.model, at: named.provider)
            var details: OllamaModel?
            if named.provider.wire == .ollama, surveyed.status == .available {
                let server = try named.ollama(isLocalOnly: configuration.isLocalOnly)
                details = try? await server.show(named.model)
                await server.shutdown()
            }
            if json {
                Console.print(JSONValue.object(ModelText.object(surveyed) + Self.object(details)).text)
            } else {
                for (name, value) in Self.fields(surveyed) + Self.fields(details) { Console.field(name, value) }
            }
            if case .unreachable = surveyed.status { throw ExitCode(ExitStatus.incomplete.rawValue) }
        }

        private static func fields(_ surveyed: SurveyedModel) -> [(String, String)] {
            let model = surveyed.model
            return [
                ("model", model.id.description), ("class", model.modelClass.rawValue),
                ("status", ModelText.status(surveyed) ?? "not asked"),
                ("configured", surveyed.isConfigured ? "yes" : "no"), ("window", ModelText.window(model)),
                ("longest answer", model.maxOutputTokens.map { "\($0) tokens" } ?? "unknown"),
                ("can", model.capabilities.map(\.rawValue).sorted().joined(separator: ", ")),
                ("leaves machine", model.leavesHost ? "yes" : "no"),
                ("last day", ModelText.retirement(surveyed) ?? "none announced"),
            ] + prices(model.price)
        }

        private static func prices(_ price: ModelPrice) -> [(String, String)] {
            switch price {
            case .unknown(let reason): return [("price", "unknown: \(reason)")]
            case .known(let schedule):
                let fee = schedule.perRequest == .zero ? [] : [("per request", schedule.perRequest.description)]
                let tiers = schedule.tiers.map { tier in
                    (
                        tier.aboveInputTokens == 0 ? "price" : "above \(tier.aboveInputTokens)",
                        "in \(tier.input), out \(tier.output)"
                            + (tier.cacheRead.map { ", cached \($0)" } ?? "")
                            + (tier.cacheWrite.map { ", written to the cache \($0)" } ?? "")
                    )
                }
                return (tiers.isEmpty ? [("price", "free")] : tiers) + fee
                    + [("price source", schedule.source.description)]
            }
        }

        private static func fields(_ details: OllamaModel?) -> [(String, String)] {
            guard let details else { return [] }
            return [
                ("family", details.family ?? "unknown"), ("parameters", details.parameterSize ?? "unknown"),
                ("quantization", details.quantization ?? "unknown"),
                ("longest window", details.contextTokens.map { "\($0) tokens" } ?? "unknown"),
                ("passed on to", details.remoteHost ?? "nobody"),
                ("server says", details.capabilities.joined(separator: ", ")),
            ]
        }

        private static func object(_ details: OllamaModel?) -> [(String, JSONValue)] {
            guard let details else { return [] }
            return [
                (
                    "server",
                    [
                        "family": .optional(details.family), "parameter_size": .optional(details.parameterSize),
                        "quantization": .optional(details.quantization),
                        "context_tokens": ModelText.number(details.contextTokens),
                        "remote_host": .optional(details.remoteHost), "capabilities": .strings(details.capabilities),
                    ]
                )
            ]
        }
    }
}
