import Logging
import OrchestratorCore
import Providers
import TestSupport

/// A gateway over providers at given addresses.
struct GatewayHarness {
    let gateway: ProviderGateway
    let providers: [any Provider]

    init(
        _ descriptors: [ProviderDescriptor], ledger: any AttemptLedger, localOnly: Bool = false,
        keys: FixedKeys = FixedKeys(),
        _ change: (inout GatewaySettings) -> Void = { _ in }
    ) throws {
        var settings = GatewaySettings()
        settings.retry.base = .milliseconds(1)
        settings.retry.cap = .milliseconds(5)
        settings.isLocalOnly = localOnly
        change(&settings)
        providers = try descriptors.map { try ProviderRegistry.adapter($0, keys: keys, isLocalOnly: localOnly) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        gateway = ProviderGateway(
            providers, ledger: ledger, settings: settings, logger: logger, generator: SeededGenerator(seed: 1))
    }

    func shutdown() async {
        for provider in providers { await provider.shutdown() }
    }

    /// A model at a price in dollars per million tokens, free where none is given.
    static func model(
        _ provider: String, _ name: String = "model-1", input: String? = nil, output: String = "0",
        leavesHost: Bool = false,
        window: Int? = nil
    ) throws -> ModelDescriptor {
        var price = ModelPrice.free
        if let input {
            let tier = PriceSchedule.Tier(
                input: try TokenPrice(dollarsPerMillion: input), output: try TokenPrice(dollarsPerMillion: output))
            price = .known(PriceSchedule(tiers: [tier], source: .configured))
        }
        return ModelDescriptor(
            id: ModelID(provider: provider, name: name), modelClass: .premium, contextTokens: window,
            capabilities: [.streaming, .structuredOutput], price: price, leavesHost: leavesHost)
    }

    static func job(
        _ work: String, _ candidates: [ModelDescriptor], isStreamed: Bool = false, timeLimit: Duration = .seconds(20)
    ) -> GatewayJob {
        GatewayJob(
            work: work,
            request: CompletionRequest(
                model: candidates[0], system: "You review code.",
                messages: [.init(.user, "<\(work)> Is this line safe?")],
                maxOutputTokens: 100, isStreamed: isStreamed),
            candidates: candidates, timeLimit: timeLimit)
    }
}

extension ProviderGateway {
    func result(_ job: GatewayJob) async -> Result<GatewayResult, GatewayError> {
        do throws(GatewayError) { return .success(try await complete(job)) } catch { return .failure(error) }
    }
}

extension Result where Success == GatewayResult, Failure == GatewayError {
    var error: GatewayError? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
