import OrchestratorCore
import TestSupport
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            ("0.50", 500_000_000), ("5", 5_000_000_000), ("0", 0), (".25", 250_000_000), ("1e-9", 1),
            ("+2", 2_000_000_000),
            ("0.0000000001", 1), ("2.2e-7", 220), ("1E2", 100_000_000_000), ("-0", 0),
            ("9223372036.854775807", Int64.max),
        ] as [(String, Int64)])
    func decimalTextIsReadExactlyAndRoundedUp(text: String, nanodollars: Int64) throws {
        #expect(try Money(dollars: text).nanodollars == nanodollars)
    }

    @Test(arguments: [
        "-1", "-0.5", "NaN", "nan", "inf", "Infinity", "", " ", "1,5", "0x10", "1e999", "12abc", "1.2.3", "e5", "--1",
        "1e",
        "9223372036.854775808", "99999999999999999999", "1e10", "٣", "1 ",
    ])
    func whatIsNoAmountIsRefused(text: String) {
        #expect(throws: MoneyError.self) { try Money(dollars: text) }
        #expect(throws: MoneyError.self) { try TokenPrice(dollarsPerToken: text + (text == "1e10" ? "0" : "")) }
    }

    @Test func thePricesOfATokenAndOfAMillionAgree() throws {
        #expect(try TokenPrice(dollarsPerToken: "0.00000022") == TokenPrice(dollarsPerMillion: "0.22"))
        #expect(try TokenPrice(dollarsPerMillion: "0.22").nanodollarsPerMillion == 220_000_000)
    }

    @Test func sumsThatDoNotFitAreErrorsAndNeverWrap() throws {
        let most = Money(nanodollars: .max)
        #expect(throws: MoneyError.self) { try most.adding(Money(nanodollars: 1)) }
        #expect(throws: MoneyError.self) { try Money(nanodollars: .min).subtracting(Money(nanodollars: 1)) }
        let dear = try TokenPrice(dollarsPerMillion: "9223372036")
        #expect(throws: MoneyError.self) { try TokenPrice.cost([(Int.max, dear)]) }
        #expect(throws: MoneyError.self) { try TokenPrice.cost([(-1, dear)]) }
    }

    @Test func costIsRoundedUpOnceOverAllKindsOfTokens() throws {
        let price = try TokenPrice(dollarsPerMillion: "0.0000001")
        #expect(price.nanodollarsPerMillion == 100)
        #expect(try TokenPrice.cost([(1, price), (1, price), (1, price)]) == Money(nanodollars: 1))
        #expect(try TokenPrice.cost([(10_001, price)]) == Money(nanodollars: 2))
        #expect(try TokenPrice.cost([]) == .zero)
    }

    @Test(
        arguments: [
            (500_000_000, "$0.50"), (0, "$0.00"), (220, "$0.00000022"), (-1_500_000_000, "-$1.50"),
            (12_345_678_900, "$12.3456789"),
        ] as [(Int64, String)])
    func amountsPrintForPeople(nanodollars: Int64, text: String) {
        #expect(Money(nanodollars: nanodollars).description == text)
    }
}

@Suite struct ModelPriceTests {
    private func tier(_ above: Int, _ input: String, _ output: String, read: String? = nil, write: String? = nil) throws
        -> PriceSchedule.Tier
    {
        PriceSchedule.Tier(
            aboveInputTokens: above, input: try TokenPrice(dollarsPerMillion: input),
            output: try TokenPrice(dollarsPerMillion: output),
            cacheRead: try read.map { try TokenPrice(dollarsPerMillion: $0) },
            cacheWrite: try write.map { try TokenPrice(dollarsPerMillion: $0) })
    }

    @Test func theWorstCaseTakesTheDearestTierThatCanApply() throws {
        let schedule = PriceSchedule(
            tiers: [try tier(0, "1", "2"), try tier(272_000, "3", "4")], source: .configured)
        #expect(try schedule.worstCase(inputBound: 272_000, maxOutput: 1000).nanodollars == 272_000_000 + 2_000_000)
        #expect(try schedule.worstCase(inputBound: 272_001, maxOutput: 1000).nanodollars == 816_003_000 + 4_000_000)
        let falling = PriceSchedule(tiers: [try tier(0, "5", "5"), try tier(100, "1", "1")], source: .configured)
        #expect(try falling.worstCase(inputBound: 200, maxOutput: 0).nanodollars == 1_000_000)
    }

    @Test func noUsageWithinTheBoundsCostsMoreThanTheWorstCase() throws {
        var generator = SeededGenerator(seed: 41)
        func amount() -> String {
            "\(Int.random(in: 0...30, using: &generator)).\(Int.random(in: 0...999, using: &generator))"
        }
        for _ in 0..<proofCount(quick: 500, full: 20_000) {
            let tiers = try (0..<Int.random(in: 1...4, using: &generator)).map { index in
                try tier(
                    index == 0 ? 0 : Int.random(in: 0...900, using: &generator), amount(), amount(),
                    read: generator.chance(50) ? amount() : nil, write: generator.chance(50) ? amount() : nil)
            }
            let schedule = PriceSchedule(
                tiers: tiers, perRequest: Money(nanodollars: Int64.random(in: 0...99, using: &generator)),
                source: .configured)
            let bound = Int.random(in: 0...1000, using: &generator)
            let input = Int.random(in: 0...bound, using: &generator)
            let read = Int.random(in: 0...input, using: &generator)
            let output = Int.random(in: 0...500, using: &generator)
            let usage = try #require(
                Usage(
                    inputTotal: input, cacheRead: read,
                    cacheWrite: Int.random(in: 0...(input - read), using: &generator),
                    output: output))
            let most = try schedule.worstCase(inputBound: bound, maxOutput: output)
            #expect(try schedule.cost(of: usage) <= most)
        }
    }

    @Test func unknownIsNeitherZeroNorFree() {
        #expect(!ModelPrice.unknown("no entry").isFree)
        #expect(ModelPrice.unknown("no entry").schedule == nil)
        #expect(ModelPrice.free.isFree)
    }

    @Test func aScheduleWithoutABaseTierStillChargesSmallInputs() throws {
        let schedule = PriceSchedule(tiers: [try tier(500, "1", "1")], source: .configured)
        #expect(try schedule.worstCase(inputBound: 10, maxOutput: 0).nanodollars == 10_000)
    }

    @Test func impossibleUsageIsNoUsage() {
        #expect(Usage(inputUncached: -1, output: 5) == nil)
        #expect(Usage(inputTotal: 10, output: -3) == nil)
        #expect(Usage(inputTotal: .max, output: 3) == nil)
        #expect(Usage(inputTotal: 10, cacheRead: 30, output: 1)?.inputUncached == 0)
        #expect(Usage(inputTotal: 10, cacheRead: .max, cacheWrite: .max, output: 1)?.input == 10)
    }
}
