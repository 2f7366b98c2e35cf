using ModelOps.Redis.Tests.Servers;
using ModelOps.Testing;
using StackExchange.Redis;

namespace ModelOps.Redis.Tests.Connections;

[Collection(nameof(RedisCollection))]
public sealed class AuthenticationTests(RedisFixture redis)
{
    [Theory]
    [InlineData("not-the-password", "WRONGPASS")]
    [InlineData("", "NOAUTH")]
    public async Task A_wrong_or_missing_password_is_named_and_not_shown(string password, string error)
    {
        var options = ConfigurationOptions.Parse(redis.ConnectionString);
        options.Password = password;
        options.ConnectRetry = 1;

        var refused = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(options));

        Assert.Equal(ConnectionFailureType.AuthenticationFailure, refused.FailureType);
        Assert.Contains(error, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_name_and_database_of_the_configuration_are_used()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",user=default,name=probe,defaultDatabase=5");
        var database = connection.GetDatabase();

        var client = (string?)await database.ExecuteAsync("CLIENT", "INFO");

        Assert.Contains("name=probe ", client, StringComparison.Ordinal);
        Assert.Contains(" db=5 ", client, StringComparison.Ordinal);
        Assert.Contains(" user=default ", client, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_string_is_read_and_written()
    {
        const string Text = "localhost:7000,[::1]:7001,name=me,keepAlive=10,syncTimeout=1000,asyncTimeout=2000,connectTimeout=3000,connectRetry=4,user=u,password=p=1,ssl=True,sslHost=h,abortConnect=False,defaultDatabase=2";

        var options = ConfigurationOptions.Parse(Text);

        Assert.Equal(Text, options.ToString());
        Assert.Equal(Text, options.Clone().ToString());
        Assert.Contains("password=*****", options.ToString(includePassword: false), StringComparison.Ordinal);
        Assert.Contains("proxy", Assert.Throws<ArgumentException>(() => ConfigurationOptions.Parse("a,proxy=Twemproxy")).Message, StringComparison.Ordinal);
        Assert.Contains("syncTimeout", Assert.Throws<ArgumentOutOfRangeException>(() => ConfigurationOptions.Parse("a,syncTimeout=soon")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ConfigurationOptions.Parse("host:99999"));
    }
}
