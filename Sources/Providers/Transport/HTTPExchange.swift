/// One request to a server.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    /// Bytes of the answer, where it may be larger than others.
    package var answerLimit: Int?

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The head of an answer and its body, to be read once.
package struct HTTPAnswer: Sendable {
    package let status: Int
    private let headers: [(name: String, value: String)]
    package let body: HTTPBody

    init(status: Int, headers: [(name: String, value: String)], body: HTTPBody) {
        self.status = status
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    /// The first header of a name given in lower case, however the server spelt it.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// What kept an exchange from coming to its end, and how far it had come.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How far the exchange came, which decides what can be known about its charge.
    package enum Stage: String, Sendable {
        case nothingSent = "before anything was sent"
        case sent = "after the request was sent"
        case answering = "during the answer"
    }

    package enum Reason: String, Sendable {
        case badAddress = "the address cannot be used"
        case notLoopback = "the address is not on this machine"
        case connectFailed = "no connection"
        case connectTimeout = "no connection in time"
        case firstByteTimeout = "no answer in time"
        case idleTimeout = "the answer stalled"
        case totalTimeout = "the answer took too long"
        case connectionLost = "the connection broke"
        case tooLarge = "the answer is too large"
        case cancelled = "cancelled"
    }

    package let reason: Reason
    package let stage: Stage
    /// The status and the request id, where the head of an answer had arrived.
    package var status: Int?
    /// The limit that was hit, or the kind of the underlying error; no dynamic text from the other side.
    package let detail: String

    init(_ reason: Reason, _ stage: Stage, detail: String = "") {
        self.reason = reason
        self.stage = stage
        self.detail = detail
    }

    package var description: String {
        "\(reason.rawValue) \(stage.rawValue)" + (detail.isEmpty ? "" : " (\(detail))")
    }
}
