package import OrchestratorCore

/// OpenRouter: the chat shape with routing, charges in the answer, and a look-up of what a lost answer cost.
package struct OpenRouterProvider: WireProvider {
    let client: WireClient

    package init(_ client: WireClient) { self.client = client }

    var completionPath: String { "/chat/completions" }

    func body(for request: CompletionRequest) -> JSON {
        // A parameter that a provider lacks would be dropped in silence, and code must not be kept for training.
        let routing = JSON.members([
            "require_parameters": .bool(true), "data_collection": .string("deny"), "allow_fallbacks": .bool(true),
            "max_price": maxPrice(request.model.price),
        ])
        // Small windows would have the middle of the prompt removed.
        let plugins = JSON.array([.members(["id": .string("context-compression"), "enabled": .bool(false)])])
        return ChatShape.body(
            request, ChatShape.Options(extra: [JSON.Member("provider", routing), JSON.Member("plugins", plugins)]))
    }

    /// The dearest price that was reserved for, in dollars per million tokens: no dearer provider may serve.
    private func maxPrice(_ price: ModelPrice) -> JSON? {
        guard let tiers = price.schedule?.tiers, let input = tiers.map(\.input).max(),
            let output = tiers.map(\.output).max()
        else { return nil }
        return .members(["prompt": .number(input.decimalText), "completion": .number(output.decimalText)])
    }

    func assembler(for request: CompletionRequest) -> ChatAssembler {
        ChatAssembler(limit: descriptor.limits.answerLimit) { Self.noteCharge($0, &$1) }
    }

    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft {
        var draft = try ChatShape.draft(of: answer)
        Self.noteCharge(answer, &draft)
        return draft
    }

    /// The charge in credits, which are dollars. With a key of the user's own it is only the fee: the provider's charge
    /// comes on top.
    private static func noteCharge(_ answer: JSON, _ draft: inout CompletionDraft) {
        guard let usage = answer["usage"], let cost = usage["cost"]?.numberText,
            var charge = try? Money(dollars: cost)
        else { return }
        if usage["is_byok"]?.bool == true {
            guard let upstream = usage["cost_details"]?["upstream_inference_cost"]?.numberText,
                let sum = try? charge.adding(Money(dollars: upstream))
            else { return }
            charge = sum
        }
        draft.reportedCost = charge
    }

    func fault(status: Int, body: ErrorBody?, common: AnswerFault) -> AnswerFault {
        guard let body else { return common }
        var fault = common
        if status == 404, body.mentions("constraint_filtered", "privacy_restricted", "no_endpoints") {
            fault.code = .modelNotFound
        }
        if status == 403, body.mentions("region_restricted") { fault.code = .permission }
        if status == 429, body.isRetryable == false { fault.code = .quotaExhausted }
        return fault
    }

    /// Looks up the charge of a generation. Nil for a few seconds after the call, and for what was never known.
    package func outcome(of attempt: AttemptReference) async throws(ProviderError) -> AttemptOutcome? {
        guard let id = attempt.providerRequestID else { return nil }
        let answer: JSON
        do {
            answer = try await client.json(
                call("looking up a generation", .get, "/generation?id=\(Endpoint.escape(id))"))
        } catch {
            if error.status == 404 { return nil }
            throw error
        }
        guard let data = answer["data"], let cost = data["total_cost"]?.numberText,
            let charge = try? Money(dollars: cost)
        else { return nil }
        let usage = data["native_tokens_prompt"]?.int.flatMap { input in
            data["native_tokens_completion"]?.int.flatMap { output in
                Usage(
                    inputTotal: input, cacheRead: max(0, data["native_tokens_cached"]?.int ?? 0), output: output,
                    reasoning: max(0, data["native_tokens_reasoning"]?.int ?? 0))
            }
        }
        return .billed(charge, usage)
    }

    package func models() async throws(ProviderError) -> [ModelDescriptor] {
        let listing = try await client.json(call("listing models", .get, "/models"))
        guard let entries = listing["data"]?.elements else { throw noList() }
        return entries.compactMap(descriptor(of:))
    }

    private func descriptor(of entry: JSON) -> ModelDescriptor? {
        guard let name = entry["id"]?.text, !name.isEmpty else { return nil }
        let price = OpenRouterPrice.read(entry["pricing"], provider: descriptor.id)
        let parameters = Set(entry["supported_parameters"]?.elements?.compactMap(\.text) ?? [])
        var capabilities: Set<ModelDescriptor.Capability> = [.streaming]
        if parameters.contains("structured_outputs") || parameters.contains("response_format") {
            capabilities.insert(.structuredOutput)
        }
        if parameters.contains("seed") { capabilities.insert(.seed) }
        if parameters.contains("reasoning") { capabilities.insert(.reasoning) }
        return ModelDescriptor(
            id: ModelID(provider: descriptor.id, name: name),
            modelClass: .init(hostedName: name),
            contextTokens: entry["top_provider"]?["context_length"]?.int ?? entry["context_length"]?.int,
            maxOutputTokens: entry["top_provider"]?["max_completion_tokens"]?.int, capabilities: capabilities,
            price: price,
            leavesHost: true, retiresOn: entry["expiration_date"]?.text)
    }

    package func check() async throws(ProviderError) -> ProviderStatus {
        let answer = try await client.json(call("checking the key", .get, "/key"))
        let remaining = answer["data"]?["limit_remaining"]?.numberText
        return ProviderStatus(remainingCredit: remaining.map { (try? Money(dollars: $0)) ?? .zero })
    }
}

/// Prices as OpenRouter lists them: dollars per single token, as decimal text.
enum OpenRouterPrice {
    /// Unknown where any part is missing, negative ("-1": set at run time) or no number.
    static func read(_ pricing: JSON?, provider: String) -> ModelPrice {
        guard let pricing else { return .unknown("the provider lists no price") }
        do {
            guard let base = try tier(pricing, over: nil) else {
                return .unknown("the provider lists no price per token")
            }
            var tiers = [base]
            for override in pricing["overrides"]?.elements ?? [] {
                if let tier = try tier(override, over: pricing) { tiers.append(tier) }
            }
            let fee = try pricing["request"]?.numberText.map { (text) throws(MoneyError) in try Money(dollars: text) }
            return .known(PriceSchedule(tiers: tiers, perRequest: fee ?? .zero, source: .listedByProvider(provider)))
        } catch {
            return .unknown("the listed price cannot be used: \(error)")
        }
    }

    /// One range of prices; what an override does not name is as in the base.
    private static func tier(_ entry: JSON, over base: JSON?) throws(MoneyError) -> PriceSchedule.Tier? {
        func price(_ key: String) throws(MoneyError) -> TokenPrice? {
            guard let text = entry[key]?.numberText ?? base?[key]?.numberText else { return nil }
            return try TokenPrice(dollarsPerToken: text)
        }
        guard let input = try price("prompt"), var output = try price("completion") else { return nil }
        if let reasoning = try price("internal_reasoning") { output = max(output, reasoning) }
        // A cache price of zero where input has one is a gap in the list, not a gift.
        let read = try price("input_cache_read").flatMap { $0 == .zero && input != .zero ? nil : $0 }
        let writes = [try price("input_cache_write"), try price("input_cache_write_1h")].compactMap { $0 }
        return PriceSchedule.Tier(
            aboveInputTokens: entry["min_prompt_tokens"]?.int.map { max(0, $0 - 1) } ?? 0, input: input, output: output,
            cacheRead: read, cacheWrite: writes.max())
    }
}
