import Foundation

/// The provider of `Fixtures/llm/server.py`, running until the value goes away, and what it billed.
package final class ScriptedModel: Sendable {
    private let bill: URL
    private let server: PythonServer

    /// - Parameter options: as in `server.py`, for example `delay=0.05`.
    /// - Throws: where python3 does not start.
    package init(_ folder: TemporaryFolder, _ options: String...) throws {
        bill = folder.url.appending(path: "bill-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: bill.path(percentEncoded: false), contents: nil)
        server = try PythonServer("server.py", [bill.path(percentEncoded: false)] + options)
    }

    package var port: Int { server.port }

    /// The digests of the prompts it received, in order, with the input tokens it billed.
    package var billed: [(prompt: String, tokens: Int)] {
        let text = (try? String(contentsOf: bill, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            return (String(fields[0]), Int(fields[1]) ?? 0)
        }
    }

    /// Everything it was sent.
    package var received: String { (try? String(contentsOfFile: bill.path + ".prompts", encoding: .utf8)) ?? "" }

    /// A configuration that asks it, at a dollar per million tokens in and two out.
    package func configuration(budget: String? = nil, concurrency: Int = 4, more: String = "") -> String {
        """
        providers:
          - id: scripted
            protocol: openai
            base_url: http://127.0.0.1:\(port)/v1
            concurrency: \(concurrency)
            models:
              - {id: scripted, context_tokens: 4096, max_output_tokens: 500, input_usd_per_mtok: 1, output_usd_per_mtok: 2}
        \(budget.map { "budgets: {run_usd: \($0)}" } ?? "")
        \(more)
        """
    }
}
