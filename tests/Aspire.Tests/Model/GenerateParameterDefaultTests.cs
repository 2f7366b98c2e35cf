using Aspire.Hosting.ApplicationModel;

namespace ModelOps.Aspire.Tests.Model;

public sealed class GenerateParameterDefaultTests
{
    [Fact]
    public void A_generated_value_has_the_length_and_the_characters_asked_for()
    {
        var value = new GenerateParameterDefault { MinLength = 22, MinLower = 2, MinUpper = 3, MinNumeric = 4, MinSpecial = 5 }.GetDefaultValue();

        Assert.Equal(22, value.Length);
        Assert.True(value.Count(char.IsAsciiLetterLower) >= 2);
        Assert.True(value.Count(char.IsAsciiLetterUpper) >= 3);
        Assert.True(value.Count(char.IsAsciiDigit) >= 4);
        Assert.True(value.Count(c => !char.IsAsciiLetterOrDigit(c)) >= 5);
    }

    [Fact]
    public void Characters_that_are_switched_off_do_not_occur()
    {
        var value = new GenerateParameterDefault { MinLength = 500, Special = false, Upper = false }.GetDefaultValue();

        Assert.All(value, c => Assert.True(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)));
    }

    [Fact]
    public void Two_values_differ()
    {
        var generate = new GenerateParameterDefault { MinLength = 22 };

        Assert.NotEqual(generate.GetDefaultValue(), generate.GetDefaultValue());
    }

    [Fact]
    public void Asking_for_characters_that_are_switched_off_is_refused()
    {
        var contradiction = new GenerateParameterDefault { MinLength = 10, Special = false, MinSpecial = 1 };

        Assert.Contains("MinSpecial", Assert.Throws<ArgumentException>(contradiction.GetDefaultValue).Message, StringComparison.Ordinal);
    }
}
