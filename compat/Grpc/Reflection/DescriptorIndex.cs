using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>The .proto files behind a set of services, found by file, symbol or extension.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    public DescriptorIndex(IEnumerable<ServiceDescriptor> services)
    {
        List<ServiceDescriptor> known = [.. services.DistinctBy(service => service.FullName).OrderBy(service => service.FullName, StringComparer.Ordinal)];
        Services = [.. known.Select(service => service.FullName)];
        foreach (var service in known)
        {
            AddFile(service.File);
        }
    }

    public IReadOnlyList<string> Services { get; }

    public bool TryFile(string name, [NotNullWhen(true)] out FileDescriptor? file) => _files.TryGetValue(name, out file);

    public bool TrySymbol(string fullName, [NotNullWhen(true)] out FileDescriptor? file) => _symbols.TryGetValue(fullName, out file);

    public bool TryExtension(string extendedType, int number, [NotNullWhen(true)] out FileDescriptor? file)
    {
        file = null;
        return _extensions.TryGetValue(extendedType, out var byNumber) && byNumber.TryGetValue(number, out file);
    }

    /// <summary>Empty for a message that nothing extends; false when there is no such message.</summary>
    public bool TryExtensionNumbers(string extendedType, out IEnumerable<int> numbers)
    {
        numbers = _extensions.TryGetValue(extendedType, out var byNumber) ? byNumber.Keys : [];
        return _messages.Contains(extendedType);
    }

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }
        foreach (var dependency in file.Dependencies)
        {
            AddFile(dependency);
        }
        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            AddSymbols(service.Methods, file);
        }
        foreach (var message in file.MessageTypes)
        {
            AddMessage(message, file);
        }
        AddEnums(file.EnumTypes, file.Package, file);
        AddExtensions(file.Extensions, file);
    }

    private void AddMessage(MessageDescriptor message, FileDescriptor file)
    {
        _messages.Add(message.FullName);
        _symbols[message.FullName] = file;
        AddSymbols(message.Fields.InDeclarationOrder(), file);
        AddSymbols(message.Oneofs, file);
        AddEnums(message.EnumTypes, message.FullName, file);
        AddExtensions(message.Extensions, file);
        foreach (var nested in message.NestedTypes)
        {
            AddMessage(nested, file);
        }
    }

    private void AddEnums(IEnumerable<EnumDescriptor> enums, string scope, FileDescriptor file)
    {
        foreach (var type in enums)
        {
            _symbols[type.FullName] = file;
            foreach (var value in type.Values)
            {
                // A value's name lives beside its enum, not inside it.
                _symbols[scope.Length == 0 ? value.Name : $"{scope}.{value.Name}"] = file;
            }
        }
    }

    private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
    {
        foreach (var extension in extensions.UnorderedExtensions)
        {
            _symbols[extension.FullName] = file;
            if (!_extensions.TryGetValue(extension.ExtendeeType.FullName, out var byNumber))
            {
                _extensions[extension.ExtendeeType.FullName] = byNumber = [];
            }
            byNumber[extension.FieldNumber] = file;
        }
    }

    private void AddSymbols(IEnumerable<IDescriptor> descriptors, FileDescriptor file)
    {
        foreach (var descriptor in descriptors)
        {
            _symbols[descriptor.FullName] = file;
        }
    }
}
