import OrchestratorCore
import Providers
import Testing

@Suite struct BatchPriceTests {
    private func price(_ text: String) throws -> TokenPrice { try TokenPrice(dollarsPerMillion: text) }

    @Test func aBatchIsHalfPriceAndNeverRoundedDown() throws {
        let schedule = PriceSchedule(
            tiers: [
                .init(
                    input: try price("3"), output: try price("15.000000001"), cacheRead: try price("0.3"),
                    cacheWrite: try price("3.75")),
                .init(aboveInputTokens: 200_000, input: try price("6"), output: try price("22.5")),
            ], perRequest: Money(nanodollars: 11), source: .configured)
        let half = try schedule.inBatch(at: .half)
        #expect(half.tiers[0].input.decimalText == "1.5")
        #expect(half.tiers[0].output.decimalText == "7.500000001")
        #expect(half.tiers[0].cacheWrite?.decimalText == "1.875")
        #expect(half.tiers[1].output.decimalText == "11.25")
        #expect(half.perRequest == schedule.perRequest)
        // Whether what was read from a cache is halved as well is not certain: it counts as any other.
        let usage = try #require(Usage(inputUncached: 0, cacheRead: 100_000, output: 0))
        #expect(try half.cost(of: usage) >= schedule.cost(of: usage))
        #expect(try schedule.inBatch(at: .whole) == schedule)
        #expect(try PriceSchedule.free.inBatch(at: .half).isFree)
    }

    @Test(arguments: [
        (ProviderDescriptor.WireProtocol.openai, "https://api.openai.com/v1", PriceShare.half),
        (.openai, "https://api.openai.com.example/v1", .whole), (.openai, "http://127.0.0.1:1/v1", .whole),
        (.anthropic, "https://api.anthropic.com", .half), (.anthropic, "http://127.0.0.1:1", .whole),
    ])
    func aDiscountIsCountedOnlyWhereItIsDocumented(
        wire: ProviderDescriptor.WireProtocol, base: String, share: PriceShare
    ) async throws {
        let provider = try ProviderRegistry.adapter(
            ProviderDescriptor(id: "a", kind: .cloud, wire: wire, baseURL: base), keys: FixedKeys())
        #expect((provider as? any BatchProvider)?.batchShare == share)
        await provider.shutdown()
    }

    @Test func aReservationEndsByWhatIsKnownOfTheCharge() throws {
        let price = PriceSchedule(tiers: [.init(input: try price("1"), output: try price("2"))], source: .configured)
        let reserved = Money(nanodollars: 9_000_000)
        func end(_ billing: Billing, _ price: PriceSchedule) -> ReservationEnd {
            let error = ProviderError(.timedOut, activity: "x", provider: "a", billing: billing)
            return ReservationEnd(.failure(error), at: price, reserved: reserved)
        }
        guard case .release = end(.notBilled, price), case .hold = end(.unknown, price),
            case .release = end(.unknown, .free)
        else { throw Unexpected("another end") }
        let usage = try #require(Usage(inputUncached: 1000, output: 500))
        let completion = Completion(text: "a", finish: .stop, usage: usage, servedModel: "m")
        guard
            case .settle(let settlement) = ReservationEnd(
                .success(completion), at: try price.inBatch(at: .half), reserved: reserved),
            case .settle(let wasted) = end(.billed(usage), price)
        else { throw Unexpected("no settlement") }
        #expect(settlement.amount == Money(nanodollars: 1_000_000) && settlement.completion == completion)
        #expect(wasted.amount == Money(nanodollars: 2_000_000) && wasted.completion == nil)
    }
}
