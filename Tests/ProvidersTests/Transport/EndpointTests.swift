import Foundation
import Providers
import TestSupport
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:8089/v1", true), ("http://localhost:11434", true), ("https://[::1]:8080/", true),
        ("http://127.1.2.3", true), ("https://openrouter.ai/api/v1", false), ("http://127.0.0.1.evil.example", false),
        ("http://localhost.example", false), ("http://0.0.0.0", false), ("http://10.0.0.1", false),
        ("http://127.0.0.01", false),
        ("HTTP://LOCALHOST", true), ("http://[::ffff:127.0.0.1]", false),
    ])
    func loopbackIsToldFromEverythingElse(text: String, isLoopback: Bool) throws {
        #expect(try #require(Endpoint(text)).isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "ftp://x", "http://", "http:///path", "http://user@host", "http://user:pw@127.0.0.1",
        "http://127.0.0.1\\@evil.example",
        "http://host:0", "http://host:65536", "http://host:", "http://host:8a", "http://ho st", "http://host?q",
        "http://host#f",
        "http://host/a?b", "http://host/a/../b", "http://[::1", "http://[::1]x", "http://hóst", "//host",
        "http://host/%2e",
        "http://127.0.0.1#@evil.example/", "http+unix://x",
    ])
    func formsThatParsersDisagreeAboutAreRefused(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test func foundationAgreesAboutTheHost() throws {
        var generator = SeededGenerator(seed: 53)
        let parts = [
            "http://", "https://", "127.0.0.1", "localhost", "evil.example", ":80", "/", "@", "\\", "[::1]", "#", "?",
            "a", ".", "-",
        ]
        for _ in 0..<proofCount(quick: 3000, full: 100_000) {
            let text =
                "http://" + (0..<Int.random(in: 1...5, using: &generator)).map { _ in generator.pick(parts) }.joined()
            guard let endpoint = Endpoint(text), let url = URL(string: endpoint.url("/x")) else { continue }
            let host = url.host()?.trimmingCharacters(in: ["[", "]"])
            #expect(host?.lowercased() == endpoint.host, "\(text)")
        }
    }

    @Test func queriesAreEscaped() {
        #expect(Endpoint.escape("gen-1/..?a=b&é") == "gen-1%2F..%3Fa%3Db%26%C3%A9")
    }
}

@Suite struct RetryAfterTests {
    private static let now: Int64 = 1_792_569_600  // 21 October 2026, 08:00:00 UTC

    @Test(
        arguments: [
            ("5", .seconds(5)), ("0.5", .milliseconds(500)), ("0", .zero),
            ("Wed, 21 Oct 2026 08:00:30 GMT", .seconds(30)),
            ("Wed, 21 Oct 2026 07:28:00 GMT", .zero), ("86400", .seconds(86_400)),
            ("99999999999999999999", .seconds(864_000)),
        ] as [(String, Duration)])
    func usableFormsAreRead(text: String, wait: Duration) {
        #expect(RetryAfter.parse(text, now: Self.now) == wait)
    }

    @Test(arguments: ["-1", "soon", "", "Wed, 99 Foo 2026 07:28:00 GMT", "NaN", "inf", "1e3", "0x5", "٣"])
    func whatSaysNothingIsNoWait(text: String) {
        #expect(RetryAfter.parse(text, now: Self.now) == nil)
    }

    @Test(
        arguments: [
            ("6m0s", .seconds(360)), ("120ms", .milliseconds(120)), ("1s", .seconds(1)),
            ("1h2m3.5s", .milliseconds(3_723_500)),
            ("-1", nil), ("", nil), ("5x", nil), ("m", nil), ("7", .seconds(7)), ("1m2", nil),
        ] as [(String, Duration?)])
    func spansOfRateHeaders(text: String, wait: Duration?) {
        #expect(RetryAfter.span(text) == wait)
    }
}
