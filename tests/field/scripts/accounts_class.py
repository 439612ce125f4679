#: report ["ann"]
#: balance_after [[10, 20, -5], [1], []]
class Account:
    """A bank account."""
    opened = 0
    all_accounts = []

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        Account.opened += 1
        Account.all_accounts.append(self)

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount

    def withdraw(self, amount):
        self.balance -= amount

    def __repr__(self):
        return "Account(%r, %d)" % (self.owner, self.balance)


ann = Account("ann", 100)
bob = Account("bob")
ann.withdraw(30)
bob.deposit(30)


def balance_after(moves):
    account = Account("temp")
    for move in moves:
        account.balance += move
    return account.balance


def report(name):
    return [repr(a) for a in Account.all_accounts if a.owner == name], Account.opened
