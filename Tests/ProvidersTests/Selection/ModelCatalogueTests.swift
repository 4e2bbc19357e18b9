import Foundation
import OrchestratorCore
import Providers
import Settings
import TestSupport
import Testing

@Suite struct ModelCatalogueTests {
    private static let reader = ModelCatalogueReader(reader: YAMLReader())

    private func installed() throws -> ModelCatalogue {
        let text = try String(contentsOf: ProjectFolder.rulesets.appending(path: "models.yaml"), encoding: .utf8)
        return try Self.reader.catalogue(text, file: "models.yaml")
    }

    private func provider(
        _ id: String, _ wire: ProviderDescriptor.WireProtocol, _ base: String,
        _ kind: ProviderDescriptor.Kind = .cloud
    ) -> ProviderDescriptor {
        ProviderDescriptor(id: id, kind: kind, wire: wire, baseURL: base)
    }

    private func completed(_ name: String, at provider: ProviderDescriptor) throws -> ModelDescriptor {
        let id = ModelID(provider: provider.id, name: name)
        return try installed().complete(
            ModelDescriptor(id: id, modelClass: .premium, leavesHost: provider.kind != .local), of: provider)
    }

    @Test func everyInstalledPriceCanBeUsedOrBelongsToNoToken() throws {
        let catalogue = try installed()
        #expect(catalogue.prices.count > 150)
        #expect(catalogue.preferred.first == "qwen3-coder:480b-cloud")
    }

    @Test func theServiceIsKnownByItsHostNotByWhatTheUserCallsIt() throws {
        let router = provider("or", .openrouter, "https://openrouter.ai/api/v1")
        #expect(try completed("qwen/qwen3-coder", at: router).price.schedule?.tiers[0].input.decimalText == "0.22")
        let misnamed = provider("openai", .openai, "https://api.deepinfra.com/v1/openai")
        #expect(try completed("openai/gpt-oss-20b", at: misnamed).price.schedule?.tiers[0].input.decimalText == "0.03")
        #expect(try completed("gpt-4o", at: misnamed).price.schedule == nil, "the host's prices, not the name's")
        let proxied = provider("gate", .anthropic, "https://proxy.example/anthropic")
        #expect(try completed("claude-haiku-4-5", at: proxied).price.schedule?.tiers[0].input.decimalText == "1")
        let named = provider("groq", .openai, "https://proxy.example/v1")
        #expect(try completed("openai/gpt-oss-20b", at: named).price.schedule?.tiers[0].input.decimalText == "0.075")
        let stranger = provider("mine", .openai, "https://proxy.example/v1")
        #expect(try completed("gpt-4o", at: stranger).price.schedule == nil)
        let lookalike = provider("x", .openai, "https://api.openai.com.example/v1")
        #expect(try completed("gpt-4o", at: lookalike).price.schedule == nil)
    }

    @Test func whatRunsHereCostsNothingAndWhatAServiceChargesIsNeverFree() throws {
        let here = provider("openai", .openai, "http://127.0.0.1:1/v1", .local)
        let own = try completed("gpt-4o", at: here)
        #expect(own.price.isFree && own.contextTokens == nil, "a name says nothing of a server of one's own")
        let daemon = provider("o", .ollama, "http://127.0.0.1:11434", .hybrid)
        #expect(try completed("qwen3-coder:480b-cloud", at: daemon).price.isFree, "a flat plan")
        #expect(
            try completed("nobody/knows", at: provider("or", .openrouter, "https://openrouter.ai/api/v1")).price
                .schedule == nil)
    }

    @Test func retiredModelsNameTheirSuccessor() throws {
        let daemon = provider("o", .ollama, "http://127.0.0.1:11434", .hybrid)
        let model = try completed("qwen3-coder:480b-cloud", at: daemon)
        #expect(model.isRetired(on: "2026-07-15") && !model.isRetired(on: "2026-07-14"))
        #expect(try installed().successor(of: model.id, at: daemon) == "qwen3.5:397b-cloud")
    }

    @Test func tiersThatTheListGivesAreUsedAsTheyStand() throws {
        let cloud = provider("q", .openai, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1")
        let schedule = try #require(try completed("qwen3-coder-plus", at: cloud).price.schedule)
        #expect(schedule.tiers.map(\.aboveInputTokens) == [0, 32_000, 128_000, 256_000])
        #expect(try schedule.worstCase(inputBound: 32_000, maxOutput: 1_000_000).nanodollars == 5_032_000_000)
        #expect(try schedule.worstCase(inputBound: 32_001, maxOutput: 1_000_000).nanodollars > 9_000_000_000)
    }

    @Test(arguments: [
        ("input: -1, output: 2", "not negative"), ("input: NaN, output: 2", "decimal"),
        ("input: 1e999, output: 2", "'input'"), ("input: one, output: 2", "decimal"), ("input: 1", "neither"),
        ("input: 1, output: 2, cache_read: -0.1", "'cache_read'"),
        ("input: 1, output: 2, above: [{tokens: 0, input: 1, output: 1}]", "'tokens'"),
        ("input: 1, output: 2, retires_on: soon", "must be a date"), ("price: 2", "unknown key 'price'"),
    ])
    func aWrongPriceIsOneErrorWithItsLine(fields: String, words: String) {
        let text = "name: n\nsource: s\nservices:\n  - id: a\n    models:\n      - {id: m, \(fields)}\n"
        let error = #expect(throws: DocumentError.self) { try Self.reader.catalogue(text, file: "models.yaml") }
        #expect(error?.mark.line == 6 && error?.mark.file == "models.yaml")
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    @Test func nothingIsListedTwice() {
        for services in ["  - {id: a}\n  - {id: a}\n", "  - {id: a, models: [{id: m}, {id: m}]}\n"] {
            #expect(throws: DocumentError.self) {
                try Self.reader.catalogue("name: n\nsource: s\nservices:\n" + services, file: "m")
            }
        }
    }
}
