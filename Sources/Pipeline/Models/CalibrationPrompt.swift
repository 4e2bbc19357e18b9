import OrchestratorCore
import Rules

/// Snippets of the labelled set in one prompt, as a scan would ask about them.
struct CalibrationPrompt: Sendable {
    struct Sample: Sendable {
        let pair: CalibrationSet.Pair
        let isVulnerable: Bool
    }

    let review: ReviewPrompt
    /// In the order of the prompt's files.
    let samples: [Sample]

    /// Both halves of a pair never stand in one prompt: the difference would give the answer away.
    static func pack(
        _ pairs: [CalibrationSet.Pair], _ instructions: String, _ counter: any TokenCounting, _ limits: ReviewSettings
    ) -> [CalibrationPrompt] {
        [true, false].flatMap { first in
            var prompts: [CalibrationPrompt] = []
            var files: [ReviewedFile] = []
            var packed: [Sample] = []
            var tokens = 0
            func flush() {
                guard !files.isEmpty else { return }
                prompts.append(
                    CalibrationPrompt(
                        review: ReviewPrompt(instructions: instructions, files: files), samples: packed))
                (files, packed, tokens) = ([], [], 0)
            }
            for (number, pair) in pairs.enumerated() {
                let sample = Sample(pair: pair, isVulnerable: number.isMultiple(of: 2) == first)
                let file = file(sample, number)
                let count = counter.count(file.block(nonce: BatchPacker.sampleNonce))
                if tokens + count > limits.codeTokens { flush() }
                files.append(file.named("F\(files.count + 1)"))
                packed.append(sample)
                tokens += count
            }
            flush()
            return prompts
        }
    }

    /// The path says nothing about what is to be found.
    private static func file(_ sample: Sample, _ number: Int) -> ReviewedFile {
        ReviewedFile(
            name: "F1", path: RepositoryPath("src/part\(number + 1)"), language: sample.pair.language, firstLine: 1,
            text: sample.isVulnerable ? sample.pair.vulnerable : sample.pair.safe, hints: [])
    }
}
