import Foundation
import Logging
import OrchestratorCore
import Providers
import Rules
import Store

/// The way a scan asks: gateway, adapter, a ledger on the disk, and the reading of the answer.
struct GatewayLoop: Sendable {
    private let provider: any Provider
    private let gateway: ProviderGateway
    private let ledger: Ledger
    private let model: ModelDescriptor

    init(port: Int, concurrency: Int, state: String) throws {
        var limits = ProviderLimits()
        limits.concurrency = concurrency
        let descriptor = ProviderDescriptor(
            id: "stub", kind: .local, wire: .openai, baseURL: "http://127.0.0.1:\(port)/v1", limits: limits)
        provider = try ProviderRegistry.adapter(descriptor, keys: NoKeys())
        ledger = try Ledger(state: StateFolder(state))
        var budgets = Budgets()
        budgets.run = Money(nanodollars: 1000 * Money.perDollar)
        budgets.day = budgets.run
        let account = ledger.account(run: "bench", budgets: budgets) {
            Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        }
        gateway = ProviderGateway(
            [provider], ledger: account, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let tier = PriceSchedule.Tier(
            input: try TokenPrice(dollarsPerMillion: "0.15"), output: try TokenPrice(dollarsPerMillion: "0.60"))
        model = ModelDescriptor(
            id: ModelID(provider: "stub", name: "gpt-4o-mini"), modelClass: .premium, contextTokens: 32_768,
            price: .known(PriceSchedule(tiers: [tier], source: .configured)), leavesHost: false)
    }

    func measure(_ load: Load) async throws -> String {
        let parser = FindingParser(files: [Sample.code], canary: Sample.canary, nonce: Sample.nonce)
        let result = try await load.measure { number in
            let request = CompletionRequest(
                model: model, system: Sample.instructions, messages: [.init(.user, Sample.question)],
                maxOutputTokens: 2000, expectedInputTokens: 6000, isStreamed: false)
            let work = Digest(parts: ["bench", String(number)]).description
            let answer = try await gateway.complete(GatewayJob(work: work, request: request, candidates: [model]))
            guard let found = parser.parse(answer.completion), found.claims.count == 1, found.doubt == nil else {
                throw CocoaError(.coderReadCorrupt)
            }
        }
        await provider.shutdown()
        let problems = try ledger.audit()
        guard problems.isEmpty else { throw CocoaError(.coderReadCorrupt) }
        return result
    }
}

private struct NoKeys: KeyResolving {
    func key(_ reference: KeyReference) async -> APIKey? { nil }
}
