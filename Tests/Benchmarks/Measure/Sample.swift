import OrchestratorCore
import Rules

/// One question of usual size and its answer: about 16 kB of code, one finding beside the planted one.
enum Sample {
    static let nonce = "0123456789ab"

    private static let weakLine = "    os.system(\"tar -xf \" + archive)"

    static let code = file(
        "F1", (0..<500).map { $0 == 250 ? weakLine : "    total_\($0) = compute(total, \($0))" }.joined(separator: "\n")
    )
    static let canary = file("F0", "import os, sys\n\ndef list_\(nonce)(folder):\n    os.system(\"ls \" + folder)\n")
    static let instructions = String(repeating: "You review code and report its weaknesses. ", count: 60)
    static let question = canary.block(nonce: nonce) + code.block(nonce: nonce)

    /// The request's body, as clients of this protocol write it.
    static var body: JSON {
        func message(_ role: String, _ text: String) -> JSON {
            .members(["role": .string(role), "content": .string(text)])
        }
        return .members([
            "model": .string("gpt-4o-mini"),
            "messages": .array([message("system", instructions), message("user", question)]),
            "max_tokens": .int(2000), "temperature": .int(0), "stream": .bool(false),
        ])
    }

    private static func file(_ name: String, _ text: String) -> ReviewedFile {
        ReviewedFile(
            name: name, path: RepositoryPath("\(name).py"), language: Language(rawValue: "python"), firstLine: 1,
            text: text, hints: [])
    }

    /// The body of a chat completion.
    static var answer: String {
        func finding(_ file: String, _ line: Int, _ quote: String) -> JSON {
            .members([
                "file": .string(file), "line_start": .int(line), "line_end": .int(line), "quote": .string(quote),
                "cwe": .int(78), "title": .string("Command built from input"),
                "why": .string("Whoever chooses the name chooses the command that the shell runs."),
                "fix": .string("Pass the words as a list and do not start a shell."),
            ])
        }
        let text = JSON.members([
            "nonce": .string(nonce), "files": .strings(["F0", "F1"]),
            "findings": .array([finding("F0", 4, "os.system(\"ls \" + folder)"), finding("F1", 251, weakLine)]),
        ])
        let message = JSON.members([
            "role": .string("assistant"), "content": .string(String(decoding: text.bytes, as: UTF8.self)),
        ])
        let body = JSON.members([
            "id": .string("chatcmpl-1"), "object": .string("chat.completion"), "created": .int(1_764_072_000),
            "model": .string("gpt-4o-mini"),
            "choices": .array([
                .members(["index": .int(0), "message": message, "finish_reason": .string("stop")])
            ]),
            "usage": .members([
                "prompt_tokens": .int(6000), "completion_tokens": .int(180), "total_tokens": .int(6180),
            ]),
        ])
        return String(decoding: body.bytes, as: UTF8.self)
    }
}
