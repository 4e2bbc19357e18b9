import OrchestratorCore
import Rules
import Store

/// What answers about a chunk are kept under. The line numbers are no part of it: text that only moved is the same text.
extension ReviewedFile {
    /// Over everything about the chunk that shapes an answer.
    var question: Digest { Digest(parts: ["question", path.text, language.rawValue] + content) }

    /// Over path and code: the same whatever a newer analyzer says of it.
    var topic: Digest { Digest(parts: ["topic", path.text] + read) }

    /// Equal for chunks that need to be sent once only, wherever they stand.
    var twin: Digest { Digest(parts: ["twin", language.rawValue] + content) }

    private var content: [String] {
        read + hints.map { (["\($0.line - firstLine) \($0.weakness) \($0.title)"] + $0.way).joined(separator: "\n") }
    }

    /// Of a slice, what is shown, and what else belongs to the same flows: no answer to it speaks of the rest.
    private var read: [String] {
        slice.map { ["slice", $0.context?.hex ?? ""] + quotable } ?? lines
    }
}

extension ReviewBatch.Part {
    /// The key of a model's answer under given instructions.
    func key(_ model: ModelID, instructions: Digest) -> Digest {
        Digest(parts: ["chunk answer", model.description, instructions.description, question.description])
    }

    /// The key of a verdict on a claim. The same code elsewhere has the same verdict.
    func key(_ claim: ChunkAnswer.Claim, verifier: ModelID, instructions: Digest) -> Digest {
        Digest(parts: [
            "verdict", verifier.description, instructions.description, chunk.digest.description,
            String(claim.firstLine), String(claim.lastLine), String(claim.weakness), claim.title, claim.why,
        ])
    }
}
