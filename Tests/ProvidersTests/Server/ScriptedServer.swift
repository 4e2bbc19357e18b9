import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request as the server received it.
struct ReceivedRequest: Sendable {
    let method: String
    let path: String
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]
    /// 0 for the first request the server received.
    let index: Int
}

/// One thing a server does with a connection.
enum ServerAction: Sendable {
    case write([UInt8])
    /// Milliseconds.
    case pause(Int64)
    case close
    /// Closes so that the other side sees a reset.
    case reset
}

/// A server on loopback that answers with raw bytes as a script says, well-formed or not.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ReceivedRequest) -> [ServerAction]

    private struct State {
        var requests: [ReceivedRequest] = []
        var closed = 0
    }

    private let state = Mutex(State())
    private let script: Script
    private let channel = Mutex<(any Channel)?>(nil)

    private init(_ script: @escaping Script) { self.script = script }

    /// Starts a server, runs the body with its address, and stops it.
    static func run<Value>(
        _ script: @escaping Script, _ body: (ScriptedServer, String) async throws -> Value
    ) async throws -> Value {
        let server = ScriptedServer(script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(ConnectionHandler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        do {
            let value = try await body(server, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            try? await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    var requests: [ReceivedRequest] { state.withLock { $0.requests } }
    /// Connections that have ended.
    var closedConnections: Int { state.withLock { $0.closed } }

    fileprivate func noteClosed() { state.withLock { $0.closed += 1 } }

    fileprivate func actions(_ head: HTTPRequestHead, _ body: [UInt8]) -> [ServerAction] {
        let request = state.withLock { state in
            let request = ReceivedRequest(
                method: head.method.rawValue, path: head.uri,
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
                body: body,
                index: state.requests.count)
            state.requests.append(request)
            return request
        }
        return script(request)
    }
}

/// Collects the parts of a request and performs the script's actions.
private final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedServer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ server: ScriptedServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer): body += Array(buffer.readableBytesView)
        case .end:
            guard let head else { return }
            Self.perform(server.actions(head, body)[...], on: context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        server.noteClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func perform(_ actions: ArraySlice<ServerAction>, on channel: any Channel) {
        var rest = actions
        while let action = rest.popFirst() {
            switch action {
            case .write(let bytes): channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            case .pause(let milliseconds):
                let later = rest
                channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { perform(later, on: channel) }
                return
            case .close: channel.close(promise: nil)
            case .reset:
                guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
                socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
            }
        }
    }
}

extension ServerAction {
    /// A complete answer.
    static func answer(
        _ status: Int, _ body: String, type: String = "application/json", headers: [(String, String)] = []
    ) -> [ServerAction] {
        let extra = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let head = "HTTP/1.1 \(status) X\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\(extra)\r\n"
        return [.write(Array((head + body).utf8))]
    }

    /// A chunked answer of several pieces; without `isEnded`, the last chunk is missing.
    static func stream(
        _ pieces: [String], type: String, pause: Int64 = 0, isEnded: Bool = true, headers: [(String, String)] = []
    ) -> [ServerAction] {
        let extra = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        var actions: [ServerAction] = [
            .write(Array("HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ntransfer-encoding: chunked\r\n\(extra)\r\n".utf8))
        ]
        for piece in pieces where !piece.isEmpty {
            if pause > 0 { actions.append(.pause(pause)) }
            actions.append(.write(Array("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n".utf8)))
        }
        if isEnded { actions.append(.write(Array("0\r\n\r\n".utf8))) }
        return actions
    }
}
