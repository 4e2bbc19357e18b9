import OrchestratorCore
import Providers
import TestSupport
import Testing

@Suite struct ModelSelectorTests {
    private func model(
        _ id: String, price: String? = "1", window: Int? = 100_000, output: Int? = nil, leaves: Bool = true,
        can: Set<ModelDescriptor.Capability> = [.structuredOutput], for tasks: Set<TaskKind> = [],
        retires: String? = nil
    ) throws -> ModelDescriptor {
        let known = try price.map { text in
            ModelPrice.known(
                PriceSchedule(
                    tiers: [.init(input: try TokenPrice(dollarsPerMillion: text), output: .zero)], source: .configured))
        }
        return ModelDescriptor(
            id: try #require(ModelID(id)), modelClass: .premium, contextTokens: window, maxOutputTokens: output,
            capabilities: can, specialities: tasks, price: known ?? .unknown("no entry"), leavesHost: leaves,
            retiresOn: retires)
    }

    private static let needs = ModelSelector.Needs(
        inputTokens: 8000, outputTokens: 1000, capabilities: [.structuredOutput])

    private func names(_ selection: ModelSelector.Selection) -> [String] { selection.models.map(\.id.description) }

    @Test func codeAnalysisFollowsThePreferenceAndNamesWhatIsMissing() throws {
        var policy = ModelSelector.Policy()
        policy.preferred = ["qwen3-coder:480b-cloud", "qwen3.5:397b-cloud"]
        let models = [try model("a/cheap", price: "0.1"), try model("b/qwen3.5:397b-cloud", price: "9")]
        let selection = ModelSelector(policy).select(.codeAnalysis, needs: Self.needs, from: models)
        #expect(names(selection) == ["b/qwen3.5:397b-cloud", "a/cheap"])
        #expect(selection.missing == ["qwen3-coder:480b-cloud"])
    }

    @Test func eachTaskTakesItsPath() throws {
        let models = [
            try model("c/cloud", price: "1"), try model("l/local", price: "2", leaves: false),
            try model("b/bpmn", price: "3", for: [.bpmn]),
        ]
        var policy = ModelSelector.Policy()
        func first(_ task: TaskKind) -> String {
            names(ModelSelector(policy).select(task, needs: Self.needs, from: models))[0]
        }
        #expect(first(.generalQA) == "l/local")
        #expect(first(.securityScan) == "l/local")
        #expect(first(.bpmn) == "b/bpmn")
        #expect(first(.codeAnalysis) == "c/cloud")
        policy.requiresCloud = true
        policy.prefersLocal = false
        #expect(first(.securityScan) == "c/cloud")
        #expect(first(.apiSecurity) == "c/cloud")
        #expect(first(.generalQA) == "c/cloud")
    }

    @Test func whatCannotDoTheTaskIsLeftOutWithItsReason() throws {
        var policy = ModelSelector.Policy()
        policy.isLocalOnly = false
        policy.floor = 0.5
        policy.today = "2026-11-23"
        let models = [
            try model("p/small", window: 8999), try model("p/short", output: 999), try model("p/loose", can: []),
            try model("p/weak"), try model("p/unpriced", price: nil), try model("p/gone", retires: "2026-07-15"),
            try model("p/down"), try model("p/good"),
        ]
        let weak = try #require(ModelID("p/weak"))
        let selection = ModelSelector(policy, scores: [weak: 0.4]).select(
            .codeAnalysis, needs: Self.needs, from: models
        ) {
            $0.name != "down"
        }
        #expect(names(selection) == ["p/good"])
        let reasons = Dictionary(selection.excluded.map { ($0.key.name, $0.value) }) { first, _ in first }
        #expect(
            reasons == [
                "small": .windowTooSmall(8999), "short": .outputTooSmall(999), "loose": .lacks("structured output"),
                "weak": .belowFloor(0.4), "unpriced": .priceUnknown("no entry"), "gone": .retired("2026-07-15"),
                "down": .unavailable,
            ])
    }

    @Test func aLocalRunSelectsNothingThatLeaves() throws {
        var policy = ModelSelector.Policy()
        policy.isLocalOnly = true
        policy.requiresCloud = true
        policy.prefersLocal = false
        for task in TaskKind.allCases {
            let selection = ModelSelector(policy).select(
                task, needs: Self.needs, from: [try model("a/x"), try model("b/y", leaves: false)])
            #expect(names(selection) == ["b/y"])
        }
    }

    @Test func orderIsByCostAndStable() throws {
        var generator = SeededGenerator(seed: 71)
        for _ in 0..<proofCount(quick: 200, full: 5000) {
            let models = try (0..<8).map { try model("p/m\($0)", price: "\(Int.random(in: 1...3, using: &generator))") }
            let selected = ModelSelector().select(.securityScan, needs: Self.needs, from: models).models
            #expect(selected == ModelSelector().select(.securityScan, needs: Self.needs, from: models).models)
            let costs = try selected.map {
                try #require($0.price.schedule).cost(of: try #require(Usage(inputUncached: 8000, output: 1000)))
            }
            #expect(costs == costs.sorted())
            for (left, right) in zip(selected, selected.dropFirst()) where left.price == right.price {
                #expect(left.id < right.id)
            }
        }
    }

    @Test func measuredModelsComeBeforeOthers() throws {
        let models = [try model("p/cheap", price: "0.1"), try model("p/proven", price: "1")]
        let proven = try #require(ModelID("p/proven"))
        let selection = ModelSelector(scores: [proven: 0.8]).select(.codeAnalysis, needs: Self.needs, from: models)
        #expect(names(selection) == ["p/proven", "p/cheap"])
    }
}

@Suite struct PriceTableTests {
    private func entry(_ change: (inout PriceTable.Entry) -> Void) -> PriceTable.Entry {
        var entry = PriceTable.Entry(provider: "p", model: "m")
        entry.input = "2"
        entry.output = "8"
        change(&entry)
        return entry
    }

    private func price(_ change: (inout PriceTable.Entry) -> Void = { _ in }) -> ModelPrice {
        PriceTable(name: "list 2026-11-01", [entry(change)]).price(of: ModelID(provider: "p", name: "m"))
    }

    @Test func aFlatPriceIsReadWithItsSource() throws {
        let schedule = try #require(price { $0.cacheRead = "0.5" }.schedule)
        #expect(schedule.source.description == "price table list 2026-11-01")
        #expect(schedule.tiers[0].cacheRead?.decimalText == "0.5")
    }

    @Test func gapsAndSentinelsAreUnknownAndNeverZero() {
        #expect(price { $0.input = nil }.schedule == nil)
        #expect(price { $0.input = "-1" }.schedule == nil)
        #expect(price { $0.output = "NaN" }.schedule == nil)
        #expect(
            price {
                $0.input = "0"
                $0.output = "0"
            }.schedule == nil)
        #expect(price { $0.cacheRead = "0" }.schedule?.tiers[0].cacheRead == nil)
        #expect(PriceTable(name: "x", []).price(of: ModelID(provider: "p", name: "m")).schedule == nil)
    }

    @Test func longPromptsAreReservedAtADearerPrice() throws {
        let schedule = try #require(price { $0.longContextFrom = 200_000 }.schedule)
        let short = try schedule.worstCase(inputBound: 200_000, maxOutput: 0)
        let long = try schedule.worstCase(inputBound: 200_001, maxOutput: 0)
        #expect(short.nanodollars == 400_000_000)
        #expect(long.nanodollars == 800_004_000)
    }

    @Test func sourcesAreTakenInTheirOrder() throws {
        let table = PriceTable(
            name: "t",
            [
                entry {
                    $0.contextTokens = 100
                    $0.maxOutputTokens = 100
                }
            ])
        func tier(_ text: String, _ source: PriceSource) throws -> ModelPrice {
            .known(
                PriceSchedule(
                    tiers: [.init(input: try TokenPrice(dollarsPerMillion: text), output: .zero)], source: source))
        }
        let id = ModelID(provider: "p", name: "m")
        var configured = ModelDescriptor(id: id, modelClass: .premium, leavesHost: false)
        var listed = ModelDescriptor(id: id, modelClass: .premium, contextTokens: 50, leavesHost: true)
        #expect(
            table.complete(configured, as: id, listed: listed, isCharged: true).price.schedule?.source == .table("t"))
        listed.price = try tier("3", .listedByProvider("p"))
        let merged = table.complete(configured, as: id, listed: listed, isCharged: true)
        #expect(merged.price.schedule?.source == .listedByProvider("p"))
        #expect(merged.leavesHost)
        #expect(merged.contextTokens == 50)
        #expect(merged.maxOutputTokens == nil, "a list that repeats the window does not know the limit")
        configured.price = try tier("4", .configured)
        #expect(
            table.complete(configured, as: id, listed: listed, isCharged: true).price.schedule?.source == .configured)
        let local = ModelDescriptor(id: ModelID(provider: "own", name: "m"), modelClass: .local, leavesHost: false)
        #expect(table.complete(local, as: nil, listed: nil, isCharged: false).price.isFree)
        #expect(!table.complete(local, as: nil, listed: nil, isCharged: true).price.isFree)
    }
}

@Suite struct ProviderRegistryTests {
    private func descriptor(
        _ id: String = "p", kind: ProviderDescriptor.Kind = .local, wire: ProviderDescriptor.WireProtocol = .openai,
        base: String = "http://127.0.0.1:1/v1", key: String? = nil, template: ProtocolTemplate? = nil,
        _ change: (inout ProviderLimits) -> Void = { _ in }
    ) -> ProviderDescriptor {
        var limits = ProviderLimits()
        change(&limits)
        return ProviderDescriptor(
            id: id, kind: kind, wire: wire, baseURL: base, key: key.flatMap(KeyReference.init), limits: limits,
            template: template)
    }

    private func key(_ descriptors: [ProviderDescriptor], _ models: [ModelDescriptor] = []) -> String? {
        do throws(DescriptorError) {
            _ = try ProviderRegistry(descriptors, models: models, keys: FixedKeys())
            return nil
        } catch {
            return error.key
        }
    }

    @Test func everyFaultNamesItsKey() {
        #expect(key([descriptor()]) == nil)
        #expect(key([descriptor(), descriptor()]) == "id")
        #expect(key([descriptor("Ünit")]) == "id")
        #expect(key([descriptor(base: "ftp://x")]) == "base_url")
        #expect(key([descriptor(base: "http://127.0.0.1/?key=1")]) == "base_url")
        #expect(
            key([descriptor(kind: .cloud, base: "http://api.example", key: "env:K")]) == "base_url",
            "a key in the clear")
        #expect(key([descriptor(kind: .cloud, base: "https://api.example", key: "env:K")]) == nil)
        #expect(
            key([descriptor(base: "https://api.example")]) == "kind", "a host that is not this machine is not local")
        #expect(key([descriptor(kind: .hybrid, wire: .openrouter, base: "https://openrouter.ai/api/v1")]) == "kind")
        #expect(key([descriptor { $0.concurrency = 0 }]) == "concurrency")
        #expect(key([descriptor { $0.idleTimeout = -1 }]) == "idle_timeout")
        #expect(key([descriptor { $0.tokensPerMinute = 0 }]) == "tokens_per_minute")
        #expect(key([descriptor(wire: .custom)]) == "template")
        let template = ProtocolTemplate(path: "/x", body: .object([]), answer: .init(text: "t"))
        #expect(key([descriptor(template: template)]) == "template")
        #expect(key([descriptor(wire: .custom, template: template)]) == nil)
        var broken = template
        broken.headers = [.init(name: "x", value: "a\r\nhost: evil")]
        #expect(key([descriptor(wire: .custom, template: broken)]) == "template.headers")
        broken = template
        broken.path = "x"
        #expect(key([descriptor(wire: .custom, template: broken)]) == "template.path")
    }

    @Test func modelsAreCheckedToo() {
        func model(_ id: String, window: Int? = nil, output: Int? = nil) -> ModelDescriptor {
            ModelDescriptor(
                id: ModelID(id)!, modelClass: .local, contextTokens: window, maxOutputTokens: output, price: .free,
                leavesHost: false)
        }
        #expect(key([descriptor()], [model("p/m")]) == nil)
        #expect(key([descriptor()], [model("q/m")]) == "models[].id")
        #expect(key([descriptor()], [model("p/m"), model("p/m")]) == "models[].id")
        #expect(key([descriptor()], [model("p/m", window: 10)]) == "models[].context_tokens")
        #expect(key([descriptor()], [model("p/m", window: 1000, output: 1001)]) == "models[].max_output_tokens")
    }

    @Test func aKeyReferenceIsNeverAValue() {
        #expect(KeyReference("env:OPENROUTER_API_KEY")?.description == "env:OPENROUTER_API_KEY")
        for text in ["sk-or-v1-abc", "env:", ":x", "ENV:X", "env:A B", ""] { #expect(KeyReference(text) == nil) }
        #expect("\(APIKey("sk-secret"))" == "[redacted key]")
        #expect(String(reflecting: APIKey("sk-secret")) == "[redacted key]")
        var dumped = ""
        dump(APIKey("sk-secret"), to: &dumped)
        #expect(!dumped.contains("sk-secret"))
    }
}
