using ModelOps.Registry.Versions;

namespace ModelOps.Registry.Tests.Versions;

public sealed class PageTokenTests
{
    [Fact]
    public void A_token_gives_its_key_back() => Assert.Equal("17", PageToken.Decode("default/m", PageToken.Encode("default/m", "17")));

    [Fact]
    public void A_token_of_another_list_is_none() => Assert.Null(PageToken.Decode("default/n", PageToken.Encode("default/m", "17")));

    [Theory]
    [InlineData("zzz")]
    [InlineData("!!!!")]
    [InlineData("MTc")]
    public void Other_text_is_no_token(string token) => Assert.Null(PageToken.Decode("default/m", token));

    [Fact]
    public void Text_of_any_length_is_no_token() => Assert.Null(PageToken.Decode("default/m", new string('A', 100_000)));
}
