package import Logging
package import OrchestratorCore

/// The one way to a model. Around each send stand, from the outside in: failover over models, the rate limit, the
/// breaker, retries, and the reservation of its worst case.
package actor ProviderGateway {
    private let providers: [String: any Provider]
    private let settings: GatewaySettings
    private let sender: AttemptSender
    private let logger: Logger
    private var traffic: Traffic
    /// One for each model, as many as its provider takes requests: who waits for a turn must not yet hold money.
    private var turns: [ModelID: Permits] = [:]
    private var retryBudget = RetryBudget()
    private var nextTicket = 0
    private var generator: any RandomNumberGenerator & Sendable

    /// `makeID` must never give an id twice, not even after a restart.
    package init(
        _ providers: [any Provider], ledger: any AttemptLedger, settings: GatewaySettings = GatewaySettings(),
        logger: Logger,
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        makeID: @escaping @Sendable () -> AttemptID = AttemptSender.randomID
    ) {
        self.providers = Dictionary(providers.map { ($0.descriptor.id, $0) }) { first, _ in first }
        self.settings = settings
        self.logger = logger
        self.generator = generator
        sender = AttemptSender(ledger: ledger, makeID: makeID)
        traffic = Traffic(limits: self.providers.mapValues { $0.descriptor.limits }, breaker: settings.breaker)
    }

    /// Completes a job with the first candidate that can. Throws with all failures on the way. Cancelling closes the
    /// connection and holds what was sent.
    package func complete(
        _ job: GatewayJob, onText: (@Sendable (String) -> Void)? = nil
    ) async throws(GatewayError) -> GatewayResult {
        var run = JobRun(job, onText: onText)
        retryBudget.noteRequest()
        var candidates = job.candidates
        while true {
            var failover = Failover(candidates, isLocalOnly: settings.isLocalOnly)
            var resting: [(model: ModelDescriptor, until: ContinuousClock.Instant)] = []
            while let model = failover.next(outstanding: { traffic.outstanding(at: $0) }) {
                switch await tryModel(model, &run) {
                case .done(let result): return result
                case .refused(let until): if let until { resting.append((model, until)) }
                case .failed(let error): failover.exclude(after: error, of: model)
                case .ended: throw run.error
                }
            }
            // Where all that is left is to wait for a model to come back, that is done, if there is time.
            guard let earliest = resting.map(\.until).min(), earliest < run.deadline,
                await sleep(until: max(earliest, .now + .milliseconds(10)))
            else { throw run.error }
            candidates = resting.map(\.model)
        }
    }

    /// What became of an attempt whose fate is unknown; nil where its provider cannot tell.
    package func outcome(of attempt: AttemptReference) async throws(ProviderError) -> AttemptOutcome? {
        guard let provider = providers[attempt.model.provider] else { return nil }
        return try await provider.outcome(of: attempt)
    }

    /// Asks providers that rest or fail whether they are back.
    package func checkResting() async {
        for id in traffic.health.dueForCheck(now: .now) {
            guard let provider = providers[id] else { continue }
            do {
                _ = try await provider.check()
                traffic.enable(id)
            } catch {
                logger.info(
                    "provider still unusable", metadata: ["provider": "\(id)", "code": "\(error.code.rawValue)"])
            }
        }
    }

    package func status(of model: ModelID) -> HealthMonitor.Status { traffic.health.status(of: model, now: .now) }
    package func record(of model: ModelID) -> HealthMonitor.Record? { traffic.health.record(of: model) }
    package func breakerState(of model: ModelID) -> CircuitBreaker.State { traffic.breakerState(of: model) }

    /// What trying one model came to.
    private enum Trial {
        case done(GatewayResult)
        /// Nothing was sent; the model may be asked again at a time, where one is known.
        case refused(until: ContinuousClock.Instant?)
        case failed(ProviderError)
        /// The job must not go on.
        case ended
    }

    /// Sends to one model until it answers, or must not or need not be asked again.
    private func tryModel(_ model: ModelDescriptor, _ run: inout JobRun) async -> Trial {
        guard let provider = providers[model.id.provider] else {
            return run.refuse(model, .misconfigured, "the provider is not configured", isEnd: false)
        }
        if let problem = run.misfit(model) { return run.refuse(model, .contextOverflow, problem, isEnd: false) }
        let turn = turn(of: model.id, provider)
        for sent in 1... {
            guard await turn.acquire(before: run.deadline) else {
                let code: ProviderError.Code = Task.isCancelled ? .cancelled : .deadlineExceeded
                return run.refuse(model, code, "while waiting for a turn", isEnd: true)
            }
            let attempt = await attempt(model, provider, sent: sent, &run)
            turn.release()
            switch attempt {
            case .ended(let trial): return trial
            case .retry(let wait):
                guard await sleep(until: .now + wait) else { return .ended }
            }
        }
        return .ended
    }

    private enum Attempt {
        case ended(Trial)
        case retry(after: Duration)
    }

    private func turn(of model: ModelID, _ provider: any Provider) -> Permits {
        if let known = turns[model] { return known }
        let made = Permits(provider.descriptor.limits.concurrency)
        turns[model] = made
        return made
    }

    /// Sends once, if the limits let it through.
    private func attempt(
        _ model: ModelDescriptor, _ provider: any Provider, sent: Int, _ run: inout JobRun
    ) async -> Attempt {
        let permit: CircuitBreaker.Permit
        switch await enter(model, run) {
        case .enter(let granted): permit = granted
        case .wait: return .ended(.refused(until: nil))
        case .refused(let code, let detail, let until):
            return .ended(run.refuse(model, code, detail, until: until, isEnd: Task.isCancelled))
        }
        let outcome = await sender.send(
            run.job, to: model, by: provider, as: run.purpose(sent: sent), deadline: run.deadline, onText: run.onText)
        run.hasSent = true
        traffic.finish(
            model.id, permit, tokens: run.tokens(of: model), outcome.result.map(\.completion),
            hints: provider.rateHints(for: model.id.name), now: .now)
        switch outcome.result {
        case .success(let success):
            return .ended(
                .done(
                    GatewayResult(
                        completion: success.completion, model: model, attempt: outcome.attempt,
                        settlement: success.settlement, failures: run.failures)))
        case .failure(let error):
            note(error, outcome.attempt)
            let mustEnd = run.add(error, of: model, limit: outcome.limit, consents: settings.retriesUncertain)
            if mustEnd { return .ended(.ended) }
            return retryWait(error, model, sent: sent, run).map { .retry(after: $0) } ?? .ended(.failed(error))
        }
    }

    /// Waits until the limits let a request through, or say that they will not.
    private func enter(_ model: ModelDescriptor, _ run: JobRun) async -> Traffic.Entry {
        nextTicket += 1
        let ticket = nextTicket
        while true {
            let now = ContinuousClock.now
            let entry = traffic.ask(model.id, ticket: ticket, tokens: run.tokens(of: model), now: now)
            guard case .wait(let wait) = entry else { return entry }
            guard now + wait < run.deadline else {
                traffic.leave(model.id, ticket: ticket)
                return .refused(.rateLimited, "the wait is longer than the time left", until: now + wait)
            }
            guard await sleep(until: now + wait) else {
                traffic.leave(model.id, ticket: ticket)
                return .refused(.cancelled, "while waiting for the rate limit", until: nil)
            }
        }
    }

    private func retryWait(_ error: ProviderError, _ model: ModelDescriptor, sent: Int, _ run: JobRun) -> Duration? {
        let decision = settings.retry.decide(
            error, sent: sent, isFree: model.price.isFree || settings.retriesUncertain, left: run.deadline - .now,
            using: &generator)
        guard case .retry(let wait) = decision, retryBudget.takeRetry() else { return nil }
        return wait
    }

    /// False where the task was cancelled meanwhile.
    private func sleep(until time: ContinuousClock.Instant) async -> Bool {
        do {
            try await Task.sleep(until: time, clock: .continuous)
            return true
        } catch {
            return false
        }
    }

    private func note(_ error: ProviderError, _ attempt: AttemptID) {
        logger.info(
            "attempt failed",
            metadata: [
                "attempt": "\(attempt)", "provider": "\(error.provider)", "model": "\(error.model ?? "")",
                "code": "\(error.code.rawValue)", "status": "\(error.status ?? 0)",
            ])
    }

    /// A job under way.
    private struct JobRun {
        let job: GatewayJob
        let deadline: ContinuousClock.Instant
        let onText: (@Sendable (String) -> Void)?
        var failures: [ProviderError] = []
        var hasSent = false
        private var limit: LedgerError.Limit?
        private var isHeld = false

        init(_ job: GatewayJob, onText: (@Sendable (String) -> Void)?) {
            self.job = job
            self.onText = onText
            deadline = .now + job.timeLimit
        }

        func purpose(sent: Int) -> AttemptPlan.Purpose {
            sent > 1 ? .retry : hasSent ? .failover : job.purpose
        }

        /// What a request is expected to take from a limit in tokens: as providers count, input and output limit
        /// together.
        func tokens(of model: ModelDescriptor) -> Int {
            let exact = job.request.model.id == model.id ? job.request.exactInputTokens : nil
            let texts = job.request.system.utf8.count + job.request.messages.reduce(0) { $0 + $1.text.utf8.count }
            return (exact ?? job.request.expectedInputTokens ?? texts / 3) + job.request.maxOutputTokens
        }

        /// Why a request cannot fit a model's window; nil where it may.
        func misfit(_ model: ModelDescriptor) -> String? {
            guard let window = model.contextTokens,
                job.request.exactInputTokens ?? job.request.expectedInputTokens != nil
            else { return nil }
            let needed = tokens(of: model)
            return needed <= window ? nil : "the request needs \(needed) tokens, the window has \(window)"
        }

        /// Notes that nothing was sent.
        mutating func refuse(
            _ model: ModelDescriptor, _ code: ProviderError.Code, _ detail: String,
            until: ContinuousClock.Instant? = nil, isEnd: Bool
        ) -> Trial {
            failures.append(
                ProviderError(
                    code, activity: "asking for a completion", provider: model.id.provider, model: model.id.name,
                    billing: .notBilled, detail: detail))
            return isEnd ? .ended : .refused(until: until)
        }

        /// Notes a failed attempt; true where the job must end with it: what may have been charged is not sent again
        /// without consent, neither to this model nor to another.
        mutating func add(
            _ error: ProviderError, of model: ModelDescriptor, limit: LedgerError.Limit?, consents: Bool
        ) -> Bool {
            failures.append(error)
            self.limit = limit ?? self.limit
            let mayBePaid = error.billing != .notBilled && !model.price.isFree
            isHeld = isHeld || mayBePaid && error.billing == .unknown
            return !error.isWorthFailingOver || mayBePaid && !consents
        }

        var error: GatewayError {
            let last =
                failures.last
                ?? ProviderError(
                    job.candidates.isEmpty ? .misconfigured : .leavesHost, activity: "choosing a model",
                    provider: job.request.model.id.provider,
                    billing: .notBilled,
                    detail: "no model that may be asked is left")
            return GatewayError(last: last, failures: failures, limit: limit, isHeld: isHeld)
        }
    }
}
