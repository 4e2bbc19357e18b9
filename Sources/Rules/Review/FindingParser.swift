package import OrchestratorCore

/// Reads a model's answer. Nothing in it is believed: the shape is checked here whatever the server enforced, and each
/// finding stands or falls with its quote.
package struct FindingParser: Sendable {
    /// A finding whose evidence was found.
    package struct Claim: Sendable, Hashable {
        package let file: Int
        package let lines: ClosedRange<Int>
        package let weakness: Int
        package let title: String
        package let why: String
        package let fix: String
    }

    /// What an answer is worth.
    package struct Result: Sendable, Hashable {
        package var claims: [Claim] = []
        /// Findings whose quote does not occur, or that name no file that was sent.
        package var rejected = 0
        /// Nil where the answer proves that the text was read to its end; else what is missing.
        package var doubt: String?
    }

    /// What was sent: the name of the planted weakness is `F0`.
    private let files: [ReviewedFile]
    private let nonce: String
    private let canary: ReviewedFile
    private static let mostFindings = 200

    package init(files: [ReviewedFile], canary: ReviewedFile, nonce: String) {
        self.files = files
        self.canary = canary
        self.nonce = nonce
    }

    /// Reads the text of an answer; nil where it is no object of the agreed shape.
    package func parse(_ completion: Completion) -> Result? {
        guard let answer = AnswerJSON.object(in: completion.text), let findings = answer["findings"]?.elements,
            findings.count <= Self.mostFindings
        else { return nil }
        var result = Result()
        var sawCanary = false
        var checks: [String: EvidenceCheck] = [:]
        for item in findings {
            guard let name = item["file"]?.text, let quote = item["quote"]?.text,
                let weakness = Self.weakness(item["cwe"])
            else {
                result.rejected += 1
                continue
            }
            let stated = item["line_start"]?.int ?? 0
            if name == canary.name {
                sawCanary = sawCanary || EvidenceCheck(canary).lines(of: quote, near: stated) != nil
                continue
            }
            guard let index = files.firstIndex(where: { $0.name == name }),
                let lines = Self.check(files[index], &checks).lines(of: quote, near: stated)
            else {
                result.rejected += 1
                continue
            }
            result.claims.append(
                Claim(
                    file: index, lines: lines, weakness: weakness, title: AnswerJSON.short(item["title"]),
                    why: AnswerJSON.short(item["why"]), fix: AnswerJSON.short(item["fix"])))
        }
        result.doubt = doubt(completion, answer, sawCanary: sawCanary)
        return result
    }

    /// One check serves all findings of a file.
    private static func check(_ file: ReviewedFile, _ checks: inout [String: EvidenceCheck]) -> EvidenceCheck {
        if let known = checks[file.name] { return known }
        let check = EvidenceCheck(file)
        checks[file.name] = check
        return check
    }

    private func doubt(_ completion: Completion, _ answer: JSON, sawCanary: Bool) -> String? {
        if completion.isInputTruncated { return "the server cut the prompt" }
        if completion.isOutputTruncated { return "the answer was cut" }
        if completion.isRefused { return "the model refused" }
        if answer["nonce"]?.text != nonce { return "the answer does not repeat the nonce" }
        let named = Set(answer["files"]?.elements?.compactMap(\.text) ?? [])
        if let missing = files.first(where: { !named.contains($0.name) }) {
            return "the answer does not name \(missing.name)"
        }
        return sawCanary ? nil : "the planted weakness was not found"
    }

    /// `89`, `"89"` and `"CWE-89"` are one number.
    private static func weakness(_ value: JSON?) -> Int? {
        let number = value?.int ?? value?.text.flatMap { Int($0.uppercased().replacing("CWE-", with: "")) }
        return number.flatMap { (1...9999).contains($0) ? $0 : nil }
    }
}
