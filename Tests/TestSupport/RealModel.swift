import Foundation

/// A real model server on this machine, for the suites that `make test-llm` runs.
package enum RealModel {
    /// The base of its chat API, as `http://127.0.0.1:8091/v1`.
    package static let base = ProcessInfo.processInfo.environment["SECORCH_TEST_LLM"].flatMap { $0.isEmpty ? nil : $0 }
    package static let absence = "SECORCH_TEST_LLM names no model server; 'make test-llm' starts one"

    /// Whether it is working on an answer at this moment. Nil for servers that do not tell; llama.cpp's does.
    package static func isGenerating() throws -> Bool? {
        try text("/slots").map { $0.contains("\"is_processing\":true") }
    }

    /// The tokens it has counted since its start, those of a cached prompt included. Nil for servers that do not tell.
    package static func counts() throws -> (input: Int, output: Int)? {
        guard let text = try text("/metrics") else { return nil }
        func count(_ name: String) -> Int? {
            let line = text.split(separator: "\n").first { $0.hasPrefix("llamacpp:\(name) ") }
            return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) }
        }
        guard let read = count("prompt_tokens_total"), let cached = count("prompt_tokens_cached_total"),
            let output = count("tokens_predicted_total")
        else { return nil }
        return (read + cached, output)
    }

    /// What lies beside the API, not below it.
    private static func text(_ path: String) throws -> String? {
        guard let base, base.hasSuffix("/v1") else { return nil }
        let result = try runProcess("/usr/bin/env", ["curl", "-fsS", "-m", "30", String(base.dropLast(3)) + path])
        return result.status == 0 ? result.text : nil
    }
}
