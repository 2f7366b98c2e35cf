using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using static Grpc.Reflection.V1.ServerReflectionRequest;

namespace Grpc.Reflection;

/// <summary>What each question of the protocol is answered.</summary>
internal sealed class ReflectionAnswers(DescriptorIndex index)
{
    public ServerReflectionResponse To(ServerReflectionRequest request)
    {
        var response = request.MessageRequestCase switch
        {
            MessageRequestOneofCase.ListServices => Services(),
            MessageRequestOneofCase.FileByFilename =>
                index.TryFile(request.FileByFilename, out var file) ? Files(file) : NotFound("file", request.FileByFilename),
            MessageRequestOneofCase.FileContainingSymbol =>
                index.TrySymbol(request.FileContainingSymbol, out var file) ? Files(file) : NotFound("symbol", request.FileContainingSymbol),
            MessageRequestOneofCase.FileContainingExtension =>
                index.TryExtension(request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber, out var file)
                    ? Files(file)
                    : NotFound("extension", $"{request.FileContainingExtension.ContainingType}:{request.FileContainingExtension.ExtensionNumber}"),
            MessageRequestOneofCase.AllExtensionNumbersOfType => ExtensionNumbers(request.AllExtensionNumbersOfType),
            _ => Error(StatusCode.InvalidArgument, "message_request: a question must be set"),
        };
        response.ValidHost = request.Host;
        response.OriginalRequest = request;
        return response;
    }

    private static ServerReflectionResponse Files(FileDescriptor file)
    {
        var files = new OrderedDictionary<string, FileDescriptor>(StringComparer.Ordinal);
        Collect(file, files);
        return new() { FileDescriptorResponse = new() { FileDescriptorProto = { files.Values.Select(one => one.SerializedData) } } };
    }

    private static void Collect(FileDescriptor file, OrderedDictionary<string, FileDescriptor> files)
    {
        if (files.TryAdd(file.Name, file))
        {
            foreach (var dependency in file.Dependencies)
            {
                Collect(dependency, files);
            }
        }
    }

    private static ServerReflectionResponse NotFound(string what, string name) => Error(StatusCode.NotFound, $"no {what} named {name}");

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };

    private ServerReflectionResponse Services() =>
        new() { ListServicesResponse = new() { Service = { index.Services.Select(name => new ServiceResponse { Name = name }) } } };

    private ServerReflectionResponse ExtensionNumbers(string type) =>
        index.TryExtensionNumbers(type, out var numbers)
            ? new() { AllExtensionNumbersResponse = new() { BaseTypeName = type, ExtensionNumber = { numbers } } }
            : NotFound("message", type);
}
