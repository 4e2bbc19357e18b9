import Detection
import Ingestion
package import OrchestratorCore
import Providers
import Rules
import Store

/// Answers questions about a scanned repository from its findings and its code, under the same budgets and with the same
/// redaction as a scan.
package struct Questioner: Sendable {
    /// What was answered, and from what.
    package struct Answer: Sendable {
        /// The run that the question was about.
        package let run: String
        /// Nil where no model was asked.
        package let model: ModelID?
        package let text: String
        /// What the model was shown, in order.
        package let shown: [String]
        /// Places that the answer names and that were not shown: it made them up.
        package let unseen: [String]
        package let findings: [Finding]
        package let cost: Money
    }

    private let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    private static let answerLimit = 1000
    private static let findingTokens = 1500

    /// - Parameter onText: receives the answer piece by piece as it comes.
    /// - Throws: the errors of the targets; `incomplete` with the reason where no model could answer.
    package func answer(
        _ request: AskRequest, onText: @escaping @Sendable (String) -> Void
    ) async throws -> Answer {
        let state = try StateFolder(request.state)
        let (run, store) = try RunLibrary(state: request.state).run(request.run)
        let library = try DetectionLibrary(installation)
        let sources = AskSources(request.question, run, store)
        let findings = try sources.findings()
        let access = try ModelAccess(request.configuration, installation, state)
        let models = select(request, access)
        guard let model = models.first else {
            await access.registry.shutdown()
            return Answer(
                run: run.id, model: nil, text: "", shown: [], unseen: [], findings: findings, cost: .zero)
        }
        let room = min(ReviewSettings.promptLimit, (model.contextTokens ?? 8192) - Self.maxOutput(of: model) - 1000)
        let parts = try sources.parts(
            try RootFolder(run.repository.root), library, installation.tokenCounter, around: findings,
            tokens: max(256, room - Self.findingTokens),
            largestFile: Inspector.Policy(request.configuration).largestFile)
        let prompt = AskPrompt(
            instructions: try installation.text("templates/prompts/ask.md"),
            question: Array(request.question.utf8).withUnsafeBufferPointer {
                library.redactor.redact($0, scratch: PatternScratch())
            }, findings: findings, parts: parts)
        let answer = try await ask(prompt, models, access, run: run.id, onText)
        await access.registry.shutdown()
        return answer
    }

    private static func maxOutput(of model: ModelDescriptor) -> Int {
        min(answerLimit, model.maxOutputTokens ?? answerLimit)
    }

    private func select(_ request: AskRequest, _ access: ModelAccess) -> [ModelDescriptor] {
        ModelSelector(access.policy(request.configuration)).select(
            .generalQA, needs: .init(inputTokens: 2500, outputTokens: 256), from: access.registry.models
        ).models
    }

    private func ask(
        _ prompt: AskPrompt, _ models: [ModelDescriptor], _ access: ModelAccess, run: String,
        _ onText: @escaping @Sendable (String) -> Void
    ) async throws -> Answer {
        let account = "ask-\(Clock.now)"
        let nonce = try access.ledger.stateKey().nonce(for: prompt.digest)
        let request = prompt.request(models[0], maxOutput: Self.maxOutput(of: models[0]), nonce: nonce)
        let job = GatewayJob(
            work: Digest(parts: ["ask", account, prompt.digest.description]).description, request: request,
            candidates: models)
        do {
            let result = try await access.gateway(run: account).complete(job, onText: onText)
            return Answer(
                run: run, model: result.model.id, text: result.completion.text, shown: prompt.parts.map(\.place),
                unseen: prompt.unseen(in: result.completion.text), findings: prompt.findings,
                cost: result.settlement.amount)
        } catch {
            await access.registry.shutdown()
            let reason = error.limit.map { "\(LedgerError(overBudget: $0))" } ?? "\(error)"
            throw PipelineError(.incomplete, "no model could answer: \(reason)")
        }
    }
}

/// A question with what it may be answered from.
struct AskPrompt {
    let instructions: String
    let question: String
    let findings: [Finding]
    let parts: [ReviewedFile]

    var digest: Digest {
        Digest(parts: ["ask", instructions, question, findingList] + parts.map { $0.block(nonce: "") })
    }

    func request(_ model: ModelDescriptor, maxOutput: Int, nonce: String) -> CompletionRequest {
        let text =
            "=== \(nonce) FINDINGS\n" + findingList + parts.map { $0.block(nonce: nonce, isWhole: true) }.joined()
            + "=== \(nonce) END\n\nQuestion: \(VisibleText.of(question))"
        return CompletionRequest(
            model: model, system: instructions, messages: [.init(.user, text)], maxOutputTokens: maxOutput,
            temperature: 0, seed: 1)
    }

    private var findingList: String {
        findings.map { finding in
            "\(finding.location.path.text):\(finding.location.startLine) \(finding.severity.rawValue) "
                + "\(Weakness.label(finding.weakness)) \(VisibleText.of(String(finding.message.prefix(160))))\n"
        }.joined()
    }

    /// Places named in an answer, as PATH:LINE, that lie in no part and no finding.
    func unseen(in answer: String) -> [String] {
        var seen: Set<String> = []
        return answer.split { $0.isWhitespace || "`()[]\"',;".contains($0) }.compactMap { word -> String? in
            let fields = word.split(separator: ":")
            guard fields.count >= 2, fields[0].contains("."), let line = Int(fields[1].prefix { $0.isNumber }) else {
                return nil
            }
            let path = String(fields[0])
            let isShown =
                parts.contains { $0.path.text == path && $0.firstLine <= line && line <= $0.lastLine }
                || findings.contains { $0.location.path.text == path && $0.location.startLine == line }
            let place = "\(path):\(line)"
            return isShown || !seen.insert(place).inserted ? nil : place
        }
    }
}

extension ReviewedFile {
    /// As a reader would name it.
    fileprivate var place: String { "\(path.text):\(firstLine)-\(lastLine)" }
}
