package import OrchestratorCore

extension ReservationEnd {
    /// At the price that applies to the request; one in a batch has its own.
    package init(_ result: Result<Completion, ProviderError>, at price: PriceSchedule, reserved: Money) {
        switch result {
        case .success(let completion): self = .settle(.of(completion, at: price, reserved: reserved))
        case .failure(let error):
            switch error.billing {
            case .notBilled: self = .release(error)
            // What costs nothing cannot have been charged.
            case .unknown where price.isFree: self = .release(error)
            case .unknown: self = .hold(error)
            case .billed(let usage): self = .settle(.of(wasted: usage, at: price, reserved: reserved))
            }
        }
    }
}

extension Settlement {
    /// What a completion cost: as the provider reported, else by its tokens, else all that was reserved.
    static func of(_ completion: Completion, at price: PriceSchedule, reserved: Money) -> Settlement {
        if price.isFree {
            return Settlement(amount: .zero, basis: .computed, completion: completion, usage: completion.usage)
        }
        if let reported = completion.reportedCost, reported.nanodollars >= 0 {
            return capped(reported, .reported, reserved: reserved, completion, completion.usage)
        }
        return of(completion.usage, at: price, reserved: reserved, completion)
    }

    /// What an answer that cannot be used cost, by its tokens.
    static func of(wasted usage: Usage, at price: PriceSchedule, reserved: Money) -> Settlement {
        of(usage, at: price, reserved: reserved, nil)
    }

    private static func of(
        _ usage: Usage?, at price: PriceSchedule, reserved: Money, _ completion: Completion?
    ) -> Settlement {
        guard let usage, let cost = try? price.cost(of: usage) else {
            return Settlement(amount: reserved, basis: .worstCase, completion: completion, usage: nil)
        }
        return capped(cost, .computed, reserved: reserved, completion, usage)
    }

    private static func capped(
        _ cost: Money, _ basis: Basis, reserved: Money, _ completion: Completion?, _ usage: Usage?
    ) -> Settlement {
        let excess = (try? cost.subtracting(reserved)) ?? .zero
        return Settlement(
            amount: min(cost, reserved), basis: basis, excess: max(.zero, excess), completion: completion, usage: usage)
    }
}
